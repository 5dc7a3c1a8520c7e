import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { gatedCanary } from './gated.ts';
import { run, type Ran } from './run.ts';

const NOW = Date.parse('2026-01-02T00:00:00Z');

const servers: Server[] = [];
afterAll(() => servers.forEach((server) => server.close().closeAllConnections()));

interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A server that says what it is told to; `undefined`: nothing, ever. */
async function answering(
  reply: (request: IncomingMessage, body: string) => Reply | undefined,
): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const said = reply(request, body);
      if (said === undefined) return;
      const text = typeof said.body === 'string' ? said.body : JSON.stringify(said.body);
      response.writeHead(said.status ?? 200, said.headers).end(text);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

const success = (data: unknown, more: object = {}): Reply => ({ body: { status: 'success', data, ...more } });
const clock = (ms: number): Reply =>
  success({ resultType: 'scalar', result: [ms / 1000, String(ms / 1000)] });

async function judge(url: string, ...more: string[]): Promise<Ran> {
  const repo = await gatedCanary();
  writeFileSync(join(repo.folder, 'token'), 'secret-token\n');
  return run(repo.folder, ['gate', 'hello', '--wave', 'canary', '--prometheus', url, ...more], {
    now: () => NOW,
  });
}

const plain = (text: string): string => text.replaceAll(/127\.0\.0\.1:\d+/g, '<address>');

test.each<[string, () => Promise<string>, string]>([
  [
    'is down',
    async () => {
      const url = await answering(() => undefined);
      await new Promise((resolve) => servers.pop()!.close(resolve));
      return url;
    },
    'Prometheus at http://<address> cannot be reached: ECONNREFUSED',
  ],
  ['is slow', () => answering(() => undefined), 'Prometheus at http://<address> did not answer within 0.2 s'],
  [
    'says no',
    () => answering(() => ({ status: 422, body: { status: 'error', error: 'query timed out' } })),
    'Prometheus at http://<address> says: query timed out',
  ],
  [
    'does not let anybody in',
    () => answering(() => ({ status: 401, body: '<html>' })),
    'Prometheus at http://<address> answers with status 401',
  ],
  [
    'is something else',
    () => answering(() => ({ body: '<html>' })),
    "Prometheus at http://<address> does not answer as Prometheus' API does",
  ],
  [
    'sends elsewhere',
    () => answering(() => ({ status: 302, headers: { location: 'http://example.com/' }, body: '' })),
    'Prometheus at http://<address> cannot be reached: unexpected redirect',
  ],
  [
    'has not all of its stores',
    () =>
      answering((_, body) =>
        body.startsWith('query=time')
          ? clock(NOW)
          : success({ resultType: 'vector', result: [] }, { warnings: ['a store did not answer'] }),
      ),
    'Prometheus at http://<address> warns: a store did not answer',
  ],
  [
    'has no number',
    () =>
      answering((_, body) =>
        body.startsWith('query=time')
          ? clock(NOW)
          : success({ resultType: 'vector', result: [{ metric: {}, value: [0, 'NaN'] }] }),
      ),
    'Prometheus at http://<address> answers with a value that is no number',
  ],
])('a Prometheus that %s is an error', async (_what, address, message) => {
  // One that is slow must not take long here, and one that answers must be heard on a busy machine.
  const timeout = message.includes('within') ? ['--timeout', '200ms'] : [];
  const { status, stdout, stderr } = await judge(await address(), ...timeout);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(plain(stderr)).toBe(
    `error[PROMETHEUS]: ${message}\n  fix: see to it and run the same command again; without an answer nothing passes\n`,
  );
});

test('clocks that are apart are an error, whichever is wrong', async () => {
  for (const ms of [NOW + 3_600_000, NOW - 3_600_000]) {
    const { status, stderr } = await judge(await answering(() => clock(ms)));
    expect(status).toBe(2);
    expect(stderr).toBe(
      "error[EVIDENCE]: Prometheus' clock and this machine's are 1h apart\n  fix: set the clock that is wrong\n",
    );
  }
});

test('a Prometheus that has nothing does not suffice', async () => {
  const url = await answering((request, body) => {
    if (body.startsWith('query=time')) return clock(NOW);
    const resultType = request.url!.endsWith('query_range') ? 'matrix' : 'vector';
    return success({ resultType, result: [] });
  });
  const { status, stdout } = await judge(url);
  expect(status).toBe(4);
  expect(stdout).toContain('hello wave canary: INSUFFICIENT');
});

test('the login comes from a file and goes to nobody but the address, below whose path the API stands', async () => {
  const seen: (string | undefined)[] = [];
  const url = await answering((request) => {
    seen.push(request.headers.authorization, request.url);
    return { status: 503, body: '' };
  });
  const { stderr } = await judge(`${url}/prometheus`, '--bearer-token-file', 'token');
  expect(seen).toEqual(['Bearer secret-token', '/prometheus/api/v1/query']);
  expect(stderr).not.toContain('secret-token');
});

test('what is no address, or holds a login, is an error that does not repeat the login', async () => {
  const said = [];
  for (const url of [
    'metrics.example.com',
    'ftp://metrics.example.com',
    'https://me:secret@metrics.example.com',
  ]) {
    said.push((await judge(url)).stderr);
  }
  expect(said).toMatchInlineSnapshot(`
    [
      "error[PROMETHEUS]: "metrics.example.com" is not the address of a Prometheus
      fix: write it as http://host:9090 or https://host/path, without a query
    ",
      "error[PROMETHEUS]: "ftp://metrics.example.com" is not the address of a Prometheus
      fix: write it as http://host:9090 or https://host/path, without a query
    ",
      "error[PROMETHEUS]: the address of Prometheus holds a login, which would stand in logs and in the list of processes
      fix: put it into a file and name that with --bearer-token-file or --basic-auth-file
    ",
    ]
  `);
});

test('evidence comes from exactly one place', async () => {
  const repo = await gatedCanary();
  const ask = (...more: string[]): Promise<Ran> =>
    run(repo.folder, ['gate', 'hello', '--wave', 'canary', ...more]);
  expect([
    (await ask()).stderr,
    (await ask('--evidence', 'a.json', '--prometheus', 'http://127.0.0.1:9')).stderr,
  ]).toMatchInlineSnapshot(`
    [
      "error[FLAG]: there is no evidence to judge
      fix: name a file with --evidence, or a Prometheus with --prometheus
    ",
      "error[FLAG]: option '--evidence <file>' cannot be used with option '--prometheus <url>'
      fix: see --help
    ",
    ]
  `);
});
