// Prometheus' HTTP API, as far as a gate asks it. The only host that is spoken to is the one in the address.

import { UserError } from '../errors.ts';
import type { PrometheusClient, Sample, Series } from '../gate/promql/client.ts';

export interface PrometheusAddress {
  /** With the path below which `/api/v1` stands. */
  readonly url: string;
  /** Value of the `Authorization` header; never shown. */
  readonly authorization?: string;
  /** How long one answer may take. */
  readonly timeoutMs: number;
}

/** What the API answers, as far as it is looked at. */
interface Answer {
  readonly status?: unknown;
  readonly error?: unknown;
  readonly warnings?: unknown;
  readonly data?: { readonly resultType?: unknown; readonly result?: unknown };
}

/**
 * @throws UserError `PROMETHEUS` where the address is none, and, from each call, where no whole answer comes
 * @see https://prometheus.io/docs/prometheus/latest/querying/api/
 */
export function prometheusClient(address: PrometheusAddress): PrometheusClient {
  const base = parseAddress(address.url);
  const call = (path: string, parameters: Readonly<Record<string, string>>) =>
    post(new URL(`api/v1/${path}`, base), parameters, address);
  return {
    async now() {
      const { resultType, result } = await call('query', { query: 'time()' });
      const value = Array.isArray(result) ? result[1] : undefined;
      if (resultType !== 'scalar' || !isFinite(Number(value))) refuse(base, 'does not say what time it is');
      return Math.round(Number(value) * 1000);
    },
    async query(query, atMs) {
      const { resultType, result } = await call('query', { query, time: seconds(atMs) });
      if (resultType !== 'vector') refuse(base, `answers with a ${String(resultType)}, expected a vector`);
      return elements(base, result).map(({ metric, value }): Sample => ({
        labels: metric,
        value: numberOf(base, value),
      }));
    },
    async queryRange(query, { startMs, endMs, stepMs }) {
      const { resultType, result } = await call('query_range', {
        query,
        start: seconds(startMs),
        end: seconds(endMs),
        step: seconds(stepMs),
      });
      if (resultType !== 'matrix') refuse(base, `answers with a ${String(resultType)}, expected a matrix`);
      return elements(base, result).map(({ metric, values }): Series => ({
        labels: metric,
        times: (Array.isArray(values) ? values : []).map((pair: unknown) =>
          Math.round(Number((pair as readonly unknown[])[0]) * 1000),
        ),
      }));
    },
  };
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

function parseAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new UserError(
      'PROMETHEUS',
      `${JSON.stringify(text)} is not the address of a Prometheus`,
      'write it as http://host:9090 or https://host/path, without a query',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new UserError(
      'PROMETHEUS',
      'the address of Prometheus holds a login, which would stand in logs and in the list of processes',
      'put it into a file and name that with --bearer-token-file or --basic-auth-file',
    );
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

function refuse(base: URL, what: string, cause?: unknown): never {
  throw new UserError(
    'PROMETHEUS',
    `Prometheus at ${base.origin}${base.pathname.replace(/\/$/, '')} ${what}`,
    'see to it and run the same command again; without an answer nothing passes',
    cause === undefined ? undefined : { cause },
  );
}

async function post(
  url: URL,
  parameters: Readonly<Record<string, string>>,
  { authorization, timeoutMs }: PrometheusAddress,
): Promise<NonNullable<Answer['data']>> {
  const base = new URL('../..', url);
  let text: string;
  let status: number;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: new URLSearchParams(parameters).toString(),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') {
      return refuse(base, `did not answer within ${timeoutMs / 1000} s`, error);
    }
    const { cause } = error as { readonly cause?: { readonly code?: string; readonly message?: string } };
    return refuse(
      base,
      `cannot be reached: ${cause?.code ?? cause?.message ?? 'the connection broke'}`,
      error,
    );
  }
  return whole(base, status, text);
}

/** What is said by whom is kept short: a proxy's page is nobody's answer. */
const told = (value: unknown): string => String(value).replaceAll(/\s+/g, ' ').slice(0, 200);

function whole(base: URL, status: number, text: string): NonNullable<Answer['data']> {
  let answer: Answer | undefined;
  try {
    answer = JSON.parse(text) as Answer;
  } catch {
    // Told below.
  }
  if (answer?.status === 'error') return refuse(base, `says: ${told(answer.error)}`);
  if (status !== 200) return refuse(base, `answers with status ${status}`);
  if (answer?.status !== 'success' || answer.data === undefined) {
    return refuse(base, "does not answer as Prometheus' API does");
  }
  // As where one of several stores did not answer: what is there is not all.
  if (Array.isArray(answer.warnings) && answer.warnings.length > 0) {
    return refuse(base, `warns: ${told(answer.warnings[0])}`);
  }
  return answer.data;
}

interface Element {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: unknown;
  readonly values?: unknown;
}

function elements(base: URL, result: unknown): readonly Element[] {
  const isElement = (of: unknown): boolean =>
    typeof of === 'object' && of !== null && typeof (of as Element).metric === 'object';
  if (!Array.isArray(result) || !result.every(isElement)) return refuse(base, 'answers without elements');
  return result as readonly Element[];
}

function numberOf(base: URL, value: unknown): number {
  const number = Number(Array.isArray(value) ? value[1] : undefined);
  return Number.isFinite(number) ? number : refuse(base, 'answers with a value that is no number');
}
