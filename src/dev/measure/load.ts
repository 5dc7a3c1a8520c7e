import { Agent, request } from 'node:http';

export interface LoadFigures {
  readonly answered: number;
  readonly refused: number;
  /** Milliseconds, of what was answered with 200. */
  readonly p50: number;
  readonly p95: number;
}

/** Ask again and again from several clients, each with a connection of its own, and measure. */
export async function load(
  url: string,
  body: string | Uint8Array,
  clients: number,
  ms: number,
): Promise<LoadFigures> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const until = performance.now() + ms;
  const times: number[] = [];
  let refused = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      const started = performance.now();
      const status = await ask(url, body, agent);
      if (status === 200) times.push(performance.now() - started);
      else refused += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * sorted.length)] ?? NaN;
  return { answered: times.length, refused, p50: at(0.5), p95: at(0.95) };
}

const ask = (url: string, body: string | Uint8Array, agent: Agent): Promise<number> =>
  new Promise((resolve) => {
    const sent = request(
      url,
      { method: 'POST', agent, headers: { 'Content-Length': Buffer.byteLength(body) } },
      (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      },
    );
    sent.on('error', () => resolve(0)).end(body);
  });

export const formatLoad = ({ answered, refused, p50, p95 }: LoadFigures): string =>
  `${answered.toLocaleString('en')} answers${refused > 0 ? `, ${refused.toLocaleString('en')} refusals` : ''}, median ${p50.toFixed(1)} ms, 95th percentile ${p95.toFixed(1)} ms`;
