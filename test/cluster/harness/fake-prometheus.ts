// What stands for a Prometheus: answers instant queries with what a test says.

import { createServer } from 'node:http';

export interface FakePrometheus {
  readonly url: string;
  stop(): void;
}

/** One value for each series; `undefined`: no answer, but an error. */
export type Answer = readonly number[] | undefined;

/** Start one on a free port of loopback. It takes queries by GET, as Flagger asks, and by POST, as Argo Rollouts does. */
export async function startFakePrometheus(answer: (query: string) => Answer): Promise<FakePrometheus> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const query = new URLSearchParams(body || (request.url ?? '').split('?')[1]).get('query') ?? '';
      const values = answer(query);
      const result = values?.map((value, at) => ({
        metric: { at: String(at) },
        value: [Date.now() / 1000, textOf(value)],
      }));
      response
        .writeHead(result === undefined ? 500 : 200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => server.close().closeAllConnections(),
  };
}

/** As Prometheus writes numbers. */
function textOf(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}
