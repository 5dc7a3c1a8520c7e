import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeCluster, runFolder } from './cluster-test.ts';
import { startControlPlane } from '../harness/control-plane.ts';
import { commandLine, ownIdentity } from '../harness/identity.ts';
import { withLock } from '../harness/lock.ts';
import { removeLeftovers, RUN_PREFIX, runningIn } from '../harness/run-folder.ts';
import { start, startOnFreePorts } from '../harness/process.ts';
import { stays, until } from '../harness/until.ts';

const portIsFree = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => resolve(false));
    socket.once('connect', () => socket.destroy()).once('error', () => resolve(true));
  });

/** Pid of the process that a run belongs to. */
const ownerOf = (folder: string): number =>
  existsSync(join(folder, 'owner')) ? Number(readFileSync(join(folder, 'owner'), 'utf8').split(' ')[0]) : 0;

interface Held {
  readonly folder: string;
  readonly url: string;
  readonly pids: readonly number[];
}

/** Another run of the tests, as far as the machine can tell: a process that holds a control plane. */
async function holdControlPlane(): Promise<{ held: Held; kill: (signal: NodeJS.Signals) => Promise<void> }> {
  const holder = spawn(
    process.execPath,
    ['node_modules/jiti/lib/jiti-cli.mjs', 'test/cluster/hold-control-plane.ts'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  holder.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const held = await until('the other run', () => text.includes('\n') && (JSON.parse(text) as Held));
  const ended = new Promise<void>((resolve) => holder.once('exit', () => resolve()));
  return { held, kill: (signal) => (holder.kill(signal), ended) };
}

describeCluster('the harness', () => {
  test('starts etcd and an API server, and leaves neither process nor port', async () => {
    const started = Date.now();
    const plane = await startControlPlane({ folder: runFolder, name: 'short' });
    console.log(`control plane ready in ${Date.now() - started} ms`);
    const { body } = await plane.api.demand<{ gitVersion: string }>('GET', '/version');
    expect(body.gitVersion).toMatch(/^v1\.\d+\.\d+/);
    // Other files have programs there, too.
    const pids = [plane.etcd.pid, plane.server.pid];
    expect(pids.filter((pid) => runningIn(runFolder).includes(pid))).toEqual(pids);
    await plane.stop();
    expect(pids.filter((pid) => runningIn(runFolder).includes(pid))).toEqual([]);
    expect(pids.map(commandLine)).toEqual(['', '']);
    await until('the port to be free', () => portIsFree(plane.api.url));
  });

  test('does not touch a run that is alive, and removes all of one that was killed', async () => {
    const { held, kill } = await holdControlPlane();
    removeLeftovers();
    expect(runningIn(held.folder).length).toBe(2);
    await kill('SIGKILL');
    expect(runningIn(held.folder).length).toBe(2);
    // Whichever run looks first removes it, and what other killed runs left as well.
    removeLeftovers();
    await until('its folder to be gone', () => !existsSync(held.folder));
    expect(held.pids.map(commandLine)).toEqual(['', '']);
    await until('the port to be free', () => portIsFree(held.url));
  });

  test('leaves nothing after Ctrl-C', async () => {
    const run = spawn(
      process.execPath,
      ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/cluster/vitest.config.ts', 'acceptance'],
      { stdio: 'ignore', detached: true },
    );
    const ended = new Promise<void>((resolve) => run.once('exit', () => resolve()));
    const folder = await until('the other run to start programs', () =>
      readdirSync(tmpdir())
        .filter((name) => name.startsWith(RUN_PREFIX))
        .map((name) => join(tmpdir(), name))
        .find((path) => ownerOf(path) === run.pid && runningIn(path).length > 0),
    );
    const pids = runningIn(folder);
    // What a terminal does: the whole group is told.
    process.kill(-run.pid!, 'SIGINT');
    await ended;
    await until(
      'everything to be gone',
      () => !existsSync(folder) && pids.every((pid) => commandLine(pid) === ''),
    );
    expect(existsSync(folder)).toBe(false);
  });

  test('ends no process that merely has the pid of one of ours', async () => {
    const folder = mkdtempSync(join(tmpdir(), RUN_PREFIX));
    const stranger = spawn('sleep', ['60']);
    for (const name of ['bin', 'pids', 'logs']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'pids', 'etcd'), String(stranger.pid));
    writeFileSync(join(folder, 'owner'), `${process.pid} long ago`);
    removeLeftovers();
    await until('the folder to be gone', () => !existsSync(folder));
    expect(commandLine(stranger.pid!)).toBe('sleep 60');
    stranger.kill();
  });

  test('tries other ports when somebody takes one in between', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const busy = (taken.address() as { port: number }).port;
    let attempts = 0;
    const { process, ports } = await startOnFreePorts(
      2,
      ([client, peer]) => {
        attempts += 1;
        const port = attempts === 1 ? busy : client;
        return start({
          folder: runFolder,
          name: 'stubborn-etcd',
          program: 'etcd',
          args: [
            `--data-dir=${join(runFolder, `stubborn-${attempts}`)}`,
            `--listen-client-urls=http://127.0.0.1:${port}`,
            `--advertise-client-urls=http://127.0.0.1:${port}`,
            `--listen-peer-urls=http://127.0.0.1:${peer}`,
          ],
        });
      },
      async ([client]) => (await fetch(`http://127.0.0.1:${client}/health`)).ok,
    );
    await process.stop();
    taken.close();
    expect(attempts).toBe(2);
    expect(ports[0]).not.toBe(busy);
  });

  test('takes over a lock whose owner is dead, and waits for one that is alive', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'breakwater-lock-'));
    const file = join(folder, 'lock');
    writeFileSync(file, `${process.pid} long ago`);
    const order: string[] = [];
    const first = withLock(file, async () => {
      order.push('first in');
      await stays('the second waits', 700, () => order.length === 1);
      order.push('first out');
    });
    await until('the first to hold it', () => order.length === 1);
    await Promise.all([first, withLock(file, () => void order.push('second in'))]);
    expect(order).toEqual(['first in', 'first out', 'second in']);
    expect(existsSync(file)).toBe(false);
    expect(ownIdentity()).toMatch(/^\d+ \d+$/);
    rmSync(folder, { recursive: true });
  });
});
