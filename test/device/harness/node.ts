// A private node: namespaces, cgroups and mounts of its own (go/node-init), in which programs are started and to
// which connections are made, both over one Unix socket.

import { mkdirSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect as connectTo, createServer, type Server, type Socket } from 'node:net';
import { basename, join } from 'node:path';
import { start, type Running } from '../../harness/process.ts';
import { removeCgroup } from '../../harness/run-folder.ts';
import { until } from '../../harness/until.ts';
import { makeCgroups } from './cgroups.ts';

interface Request {
  readonly do: 'start' | 'stop' | 'alive' | 'run' | 'listen' | 'dial';
  readonly name?: string;
  readonly args?: readonly string[];
  readonly env?: readonly string[];
  readonly log?: string;
  readonly signal?: number;
  readonly address?: string;
  readonly socket?: string;
}

interface Said {
  readonly error?: string;
  readonly status: number;
  readonly said?: string;
  readonly alive?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

export interface Node {
  readonly name: string;
  readonly address: string;
  /** Folder of its configuration. */
  readonly folder: string;
  /** Paths of its cgroups outside, by hierarchy such as `memory`. */
  readonly cgroups: ReadonlyMap<string, string>;
  /** Start a program of the node. */
  start(name: string, args: readonly string[], env?: readonly string[]): Promise<void>;
  /** Signal a program and wait until it has ended. */
  stop(name: string, signal?: number): Promise<void>;
  alive(name: string): Promise<boolean>;
  /** Run a program to its end. */
  run(...args: readonly string[]): Promise<{ readonly status: number; readonly said: string }>;
  /** Let the node reach a port of this machine's loopback. */
  listen(address: string, port: number): Promise<void>;
  /** Ask an HTTP server in the node, such as `http://10.200.1.7:8501/v1/models/digits`. */
  fetch(url: string, body?: string): Promise<Answer>;
  /** Pull the plug: all of it ends at once; its disk stays. */
  kill(): Promise<void>;
}

interface Options {
  /** Folder of the run. */
  readonly folder: string;
  readonly name: string;
  readonly address: string;
  readonly path: string;
  readonly size: NodeSize;
}

/** What a device has, as its kubelet sees it. */
export interface NodeSize {
  readonly cpus: number;
  readonly memoryMiB: number;
}

/** Make a node. One of the same name that was killed boots again, with the same disk. */
export async function startNode({ folder, name, address, path, size }: Options): Promise<Node> {
  const own = join(folder, name);
  mkdirSync(join(own, 'disk'), { recursive: true });
  const cgroups = makeCgroups(folder, name);
  const control = join(own, 'control');
  const file = join(own, 'node.json');
  writeFileSync(
    file,
    JSON.stringify({ name, folder: own, disk: join(own, 'disk'), address, cgroups, ...size }),
  );
  const init = start({ folder, name, program: 'node-init', args: ['enter', file] });
  const ask = (request: Request): Promise<Said> => exchange(control, request);
  await until(`node ${name}`, async () => (init.assertAlive(), await ask({ do: 'alive', name: '' })), {
    everyMs: 20,
  });
  const environment = [`PATH=${path}`, 'HOME=/root', 'TMPDIR=/run'];
  const servers: Server[] = [];
  return {
    name,
    address,
    folder: own,
    cgroups: new Map(cgroups.map((cgroup) => [hierarchyOf(cgroup), cgroup])),
    async start(name, args, env = []) {
      const log = join(folder, 'logs', `${basename(own)}-${name}.log`);
      await ask({ do: 'start', name, args, env: [...environment, ...env], log });
    },
    async stop(name, signal = 9) {
      await ask({ do: 'stop', name, signal });
    },
    async alive(name) {
      return (await ask({ do: 'alive', name })).alive ?? false;
    },
    async run(...args) {
      const { status, said = '' } = await ask({ do: 'run', args, env: environment });
      return { status, said };
    },
    async listen(address, port) {
      const socket = join(own, `port-${port}`);
      if (!servers.some((server) => server.address() === socket)) servers.push(await forward(socket, port));
      await ask({ do: 'listen', address, socket });
    },
    fetch: (url, body) => fetchIn(control, url, body),
    async kill() {
      await end(init, servers, cgroups);
    },
  };
}

const hierarchyOf = (cgroup: string): string => cgroup.split('/')[4]!;

async function end(init: Running, servers: readonly Server[], cgroups: readonly string[]): Promise<void> {
  for (const server of servers) server.close();
  await init.stop();
  for (const cgroup of cgroups) removeCgroup(cgroup);
}

/** Connect to the control socket, say what is wanted, and read the answer; what follows it belongs to the caller. */
function open(control: string, request: Request): Promise<{ socket: Socket; said: Said }> {
  return new Promise((resolve, reject) => {
    const socket = connectTo(control);
    let text = Buffer.alloc(0);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`no answer to ${request.do}`)));
    const read = (chunk: Buffer): void => {
      text = Buffer.concat([text, chunk]);
      const end = text.indexOf('\n');
      if (end < 0) return;
      socket.off('data', read).removeAllListeners('error').removeAllListeners('close');
      socket.pause();
      if (text.length > end + 1) socket.unshift(text.subarray(end + 1));
      const said = JSON.parse(text.subarray(0, end).toString()) as Said;
      if (said.error === undefined) resolve({ socket, said });
      else {
        socket.destroy();
        reject(new Error(said.error));
      }
    };
    socket.on('data', read);
    socket.write(`${JSON.stringify(request)}\n`);
  });
}

async function exchange(control: string, request: Request): Promise<Said> {
  const { socket, said } = await open(control, request);
  socket.destroy();
  return said;
}

async function fetchIn(control: string, url: string, body?: string): Promise<Answer> {
  const { hostname, port, pathname, search } = new URL(url);
  const { socket } = await open(control, { do: 'dial', address: `${hostname}:${port}` });
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        method: body === undefined ? 'GET' : 'POST',
        path: `${pathname}${search}`,
        headers: { host: `${hostname}:${port}`, connection: 'close' },
        createConnection: () => socket,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    outgoing.on('error', reject);
    // Paused since the answer to "dial": nothing of what follows may be lost before somebody listens.
    outgoing.on('socket', () => setImmediate(() => socket.resume()));
    outgoing.end(body);
  });
}

/** A Unix socket whose connections go to a port of loopback. */
function forward(path: string, port: number): Promise<Server> {
  const server = createServer((socket) => {
    const other = connectTo(port, '127.0.0.1');
    socket.pipe(other).pipe(socket);
    socket.on('error', () => other.destroy());
    other.on('error', () => socket.destroy());
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve(server));
  });
}
