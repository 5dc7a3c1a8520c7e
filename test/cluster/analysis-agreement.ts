// What the model of Argo Rollouts says becomes of each configuration of metrics, and what its real controller makes of it.

import { createServer, type Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { runAnalysis } from '../../src/gate/engines/argo-analysis.ts';
import { outcomeOf } from '../../src/gate/engines/argo-condition.ts';
import { analysisErrors } from '../../src/gate/engines/argo-metric-errors.ts';
import type { Outcome } from '../../src/gate/engines/argo-metric.ts';
import type { ControlPlane } from '../harness/control-plane.ts';
import { until } from '../harness/until.ts';
import { CASES, type AnalysisCase, type Answer, type CaseMetric } from './analysis-cases.ts';

const API = 'argoproj.io/v1alpha1';
const COUNTS = [
  'count',
  'successful',
  'failed',
  'inconclusive',
  'error',
  'consecutiveError',
  'consecutiveSuccess',
] as const;

/** What is compared: how the run ended, and each metric's phase and counts. */
export interface Ending {
  readonly phase: string;
  readonly metrics: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface LiveStatus {
  readonly phase?: string;
  readonly metricResults?: readonly (Readonly<Record<string, unknown>> & { readonly name: string })[];
}

/** A measurement that comes sooner after the last is from a status that is out of date: its answer is the last one again. */
const TOO_SOON_MS = 900;

/** How often a configuration is run that came to something else than the model says: what the controller decides, it decides again. */
const MOST_RUNS = 3;

const answerAt = ({ answers }: CaseMetric, index: number): Answer => answers[index] ?? answers.at(-1)!;

const isVector = (answer: Answer): answer is { readonly vector: readonly number[] } =>
  answer !== 'down' && 'vector' in answer;

/** What the model says becomes of a run. */
export function expectedEnding({ metrics, terminateAfter }: AnalysisCase): Ending {
  const refused = [...analysisErrors(metrics.map((metric) => ({ ...metric, providers: ['web'] })))];
  if (refused.length > 0) return { phase: 'Error', metrics: {} };
  const byName = new Map(metrics.map((metric) => [metric.name, metric]));
  const measure = (name: string, index: number): Outcome => {
    const metric = byName.get(name)!;
    const answer = answerAt(metric, index);
    if (answer === 'down') return 'Error';
    return outcomeOf(metric, isVector(answer) ? answer.vector : answer.json);
  };
  const run = runAnalysis(metrics, {
    measure,
    lookFor: 600,
    ...(terminateAfter === undefined ? {} : { terminateAfter }),
  });
  return { phase: run.phase, metrics: run.metrics as unknown as Ending['metrics'] };
}

/**
 * Plays every provider: `/web/<run>/<metric>` answers JSON, a query `<run>/<metric>` what Prometheus would find.
 *
 * Which answer it is depends on what the run has on record: the controller now and then measures from a status that is
 * out of date, and what it measured is lost.
 *
 * @param recorded measurements of a metric on record
 */
async function startProvider(
  recorded: (run: string, metric: string) => Promise<number>,
): Promise<{ url: string; server: Server }> {
  const metrics = new Map<string, CaseMetric>(
    CASES.flatMap(({ name, metrics }) =>
      metrics.map((metric) => [`${name}/${metric.name}`, metric] as const),
    ),
  );
  const answered = new Map<string, { readonly index: number; readonly at: number }>();
  const answerTo = async (key: string): Promise<string | undefined> => {
    const [run, metric] = key.split('/');
    const last = answered.get(key);
    const isRepeated = last !== undefined && Date.now() - last.at < TOO_SOON_MS;
    const index = isRepeated ? last.index : await recorded(run!, metric!);
    if (!isRepeated) answered.set(key, { index, at: Date.now() });
    const answer = answerAt(metrics.get(`${caseOf(run!)}/${metric}`)!, index);
    if (answer === 'down') return undefined;
    if (!isVector(answer)) return JSON.stringify(answer.json);
    const result = answer.vector.map((value, at) => ({
      metric: { at: String(at) },
      value: [1, String(value)],
    }));
    return JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
  };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const path = request.url ?? '';
      const key = path.startsWith('/web/')
        ? path.slice('/web/'.length)
        : (new URLSearchParams(body).get('query') ?? '');
      void answerTo(key).then((text) =>
        response.writeHead(text === undefined ? 500 : 200, { 'content-type': 'application/json' }).end(text),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, server };
}

/** Name of a run: the case's, then the case's with a number. */
const runName = ({ name }: AnalysisCase, run: number): string => (run === 1 ? name : `${name}.${run}`);
const caseOf = (run: string): string => run.split('.')[0]!;

const runOf = (name: string, { metrics }: AnalysisCase, url: string) => ({
  apiVersion: API,
  kind: 'AnalysisRun',
  metadata: { name, namespace: 'default' },
  spec: {
    dryRun: metrics.filter(({ dryRun }) => dryRun).map(({ name }) => ({ metricName: name })),
    metrics: metrics.map(({ answers, ...fields }) => ({
      ...fields,
      dryRun: undefined,
      provider: answers.some(isVector)
        ? { prometheus: { address: url, query: `${name}/${fields.name}` } }
        : { web: { url: `${url}/web/${name}/${fields.name}` } },
    })),
  },
});

async function statusOf({ api }: ControlPlane, run: string): Promise<LiveStatus> {
  const live = await api.get<unknown, LiveStatus>(API, 'AnalysisRun', 'default', run);
  return live?.status ?? {};
}

async function realEnding(
  plane: ControlPlane,
  name: string,
  one: AnalysisCase,
  url: string,
): Promise<Ending> {
  await plane.api.apply(runOf(name, one, url));
  if (one.terminateAfter !== undefined) {
    await delay(one.terminateAfter * 1000);
    await plane.api.merge(API, 'AnalysisRun', 'default', name, { spec: { terminate: true } });
  }
  return until(
    `analysis ${name} to end`,
    async () => {
      const { phase = '', metricResults = [] } = await statusOf(plane, name);
      if (!['Successful', 'Failed', 'Inconclusive', 'Error'].includes(phase)) return false;
      const metrics = metricResults.map((result) => {
        const counts = COUNTS.map((count) => [count, result[count] ?? 0] as const);
        return [result.name, { ...Object.fromEntries(counts), phase: result['phase'] }] as const;
      });
      return { phase, metrics: Object.fromEntries(metrics) };
    },
    { everyMs: 500 },
  );
}

/** Run a configuration until it comes to what the model says, or has been run often enough. */
async function agreedEnding(plane: ControlPlane, one: AnalysisCase, url: string): Promise<Ending> {
  const expected = expectedEnding(one);
  for (let run = 1; ; run += 1) {
    const ending = await realEnding(plane, runName(one, run), one, url);
    if (isDeepStrictEqual(ending, expected) || run === MOST_RUNS) return ending;
  }
}

/** Let the controller run all configurations at once. */
export async function realEndings(plane: ControlPlane): Promise<readonly Ending[]> {
  const provider = await startProvider(async (run, metric) => {
    const { metricResults = [] } = await statusOf(plane, run);
    const result = metricResults.find(({ name }) => name === metric);
    return Number(result?.['count'] ?? 0) + Number(result?.['error'] ?? 0);
  });
  try {
    return await Promise.all(CASES.map((one) => agreedEnding(plane, one, provider.url)));
  } finally {
    provider.server.close().closeAllConnections();
  }
}
