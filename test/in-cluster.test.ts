import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { argoRollouts, flagger, modelServer } from '../src/index.ts';
import { parseFleet } from '../src/fleet/parse.ts';
import type { FleetSpec, InClusterSpec, ModelServerSpec } from '../src/fleet/spec.ts';
import { runAnalysis, type AnalysisMetric } from '../src/gate/engines/argo-analysis.ts';
import { outcomeOf, type Conditions } from '../src/gate/engines/argo-condition.ts';
import { analysisErrors } from '../src/gate/engines/argo-metric-errors.ts';
import { runCanary, type FlaggerAnalysis } from '../src/gate/engines/flagger.ts';
import { wilson } from '../src/gate/intervals.ts';
import { inClusterBounds, inClusterQueries } from '../src/gate/promql/in-cluster.ts';
import { logRatio } from '../src/gate/sprt.ts';
import { type KubeObject, synthFleet } from '../src/synth/index.ts';
import { sampleFleet } from './support/sample-fleet.ts';

const PROMETHEUS = 'http://prometheus.example.com:9090';
const base = sampleFleet().workloads['inference'] as ModelServerSpec;
const fleet = (change: Partial<ModelServerSpec>, gate?: FleetSpec['rollout']['gate']): FleetSpec => {
  const sample = sampleFleet();
  return {
    ...sample,
    workloads: { inference: modelServer({ ...base, ...change }) },
    rollout: { ...sample.rollout, ...(gate ? { gate } : {}) },
  };
};
const made = (inCluster?: InClusterSpec, replicas = 4): ReadonlyMap<string, KubeObject> =>
  new Map(
    synthFleet(fleet({ spread: { replicas }, ...(inCluster ? { inCluster } : {}) }))['new']!.objects.map(
      ({ object }) => [`${object.kind} ${object.metadata.name}`, object] as const,
    ),
  );
const spec = (object: KubeObject | undefined) => object!['spec'] as Readonly<Record<string, unknown>>;

test('replicas alone are a Deployment that replaces one pod after the other, behind a Service of the whole cluster', () => {
  const objects = made();
  expect([...objects.keys()].filter((name) => /^(Deployment|DaemonSet|Rollout|Service) /.test(name))).toEqual(
    ['Deployment inference', 'Service inference'],
  );
  expect(spec(objects.get('Deployment inference'))).toMatchObject({
    replicas: 4,
    strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
  });
  expect(spec(objects.get('Service inference'))).not.toHaveProperty('internalTrafficPolicy');
});

test('Argo Rollouts tries one replica, watches it, decides, and goes on', () => {
  const rollout = spec(made(argoRollouts({ prometheus: PROMETHEUS })).get('Rollout inference'));
  expect(rollout['strategy']).toMatchObject({
    canary: {
      steps: [
        { setWeight: 25 },
        { pause: { duration: '10m' } },
        { analysis: { templates: [{ templateName: 'inference-decide' }] } },
      ],
    },
  });
});

test('with workloadRef the pods stand in a Deployment without replicas, and the same version is judged', () => {
  const objects = made(argoRollouts({ prometheus: PROMETHEUS, workloadRef: true }));
  expect(spec(objects.get('Deployment inference'))['replicas']).toBe(0);
  const rollout = spec(objects.get('Rollout inference'));
  expect(rollout).toMatchObject({ replicas: 4, workloadRef: { kind: 'Deployment', name: 'inference' } });
  expect(rollout).not.toHaveProperty('template');
  expect(JSON.stringify(rollout)).toMatch(/"version","value":"v[0-9a-f]{12}"/);
});

/** The metrics of an AnalysisTemplate, as the model of Argo Rollouts takes them. */
const metricsOf = (name: string): readonly (AnalysisMetric & Conditions & { provider: object })[] =>
  spec(made(argoRollouts({ prometheus: PROMETHEUS })).get(`AnalysisTemplate ${name}`))['metrics'] as never;

test('both analyses are valid; the one that decides never passes on nothing, and passes and holds as it should', () => {
  for (const name of ['inference-watch', 'inference-decide']) {
    const metrics = metricsOf(name).map((metric) =>
      Object.assign(metric, { providers: Object.keys(metric.provider) }),
    );
    expect([...analysisErrors(metrics)]).toEqual([]);
  }
  const decide = metricsOf('inference-decide');
  const run = (values: Readonly<Record<string, readonly number[]>>) =>
    runAnalysis(decide, {
      measure: (name) =>
        outcomeOf(
          decide.find((metric) => metric.name === name)!,
          values[name]!,
        ),
      lookFor: 1e6,
    }).phase;
  expect(run({ errors: [], coverage: [] })).toBe('Inconclusive');
  expect(run({ errors: [Number.NaN], coverage: [1e6] })).toBe('Inconclusive');
  expect(run({ errors: [-9], coverage: [10] })).toBe('Inconclusive');
  expect(run({ errors: [-9], coverage: [1e6] })).toBe('Successful');
  expect(run({ errors: [9], coverage: [1e6] })).toBe('Inconclusive');
});

test('the analysis that watches stops a rollout on evidence alone, and vouches for none', () => {
  const watch = metricsOf('inference-watch');
  const run = (value: readonly number[]) =>
    runAnalysis(watch, {
      measure: (name) =>
        outcomeOf(
          watch.find((metric) => metric.name === name)!,
          value,
        ),
      lookFor: 3600,
    }).phase;
  expect([run([]), run([Number.NaN]), run([0]), run([9])]).toEqual([
    'Running',
    'Running',
    'Running',
    'Failed',
  ]);
});

test('Flagger gets a Canary without a Service beside its own, and goes back after two failed checks', () => {
  const objects = made(flagger({ prometheus: PROMETHEUS, watch: '5m' }));
  expect(
    [...objects.keys()].filter((name) => /^(Deployment|Service|Canary|Horizontal.*|Metric.*) /.test(name)),
  ).toEqual([
    'Canary inference',
    'Deployment inference',
    'HorizontalPodAutoscaler inference',
    'MetricTemplate inference-errors-against-control',
  ]);
  expect(spec(objects.get('Deployment inference'))).not.toHaveProperty('replicas');
  const analysis = spec(objects.get('Canary inference'))['analysis'] as FlaggerAnalysis;
  expect(runCanary(analysis, [true])).toMatchObject({ phase: 'Succeeded', ticks: 9 });
  expect(runCanary(analysis, [true, false, false])).toMatchObject({ phase: 'Failed', ticks: 5 });
});

test.each<[string, Partial<ModelServerSpec>, boolean?]>([
  ['a DaemonSet', {}],
  ['one replica', { spread: { replicas: 1 } }],
  ['no telemetry', { spread: { replicas: 3 }, telemetry: undefined as never }],
  ['people as the gate and no thresholds', { spread: { replicas: 3 } }, true],
  [
    'weights that do not rise',
    { spread: { replicas: 3 }, inCluster: argoRollouts({ prometheus: PROMETHEUS, weights: [50, 30] }) },
  ],
])('a canary within a cluster is refused for %s', async (what, change, isHuman = false) => {
  const definition = fleet(
    { inCluster: argoRollouts({ prometheus: PROMETHEUS }), ...change },
    isHuman ? { by: 'human', window: '10m' } : undefined,
  );
  const problems = await parseFleet(JSON.parse(JSON.stringify(definition)), 'fleets/x.ts').then(
    () => 'none',
    (error: Error) => error.message,
  );
  expect({ [what]: problems.split('\n').slice(1) }).toMatchSnapshot();
});

const THRESHOLDS = { baseline: 0.01, detect: 0.02, alpha: 0.01, beta: 0.01, ceiling: 0.1 };

/** What a query comes to for counts of requests: new bad, new all, other bad, other all. */
function evaluate(query: string, counts: readonly [number, number, number, number]): number {
  const [bad, all, badThere, allThere] = counts;
  const values: Readonly<Record<string, number>> = {
    'bad=': bad,
    'all=': all,
    'bad!=': badThere,
    'all!=': allThere,
  };
  const code = query
    .replaceAll(
      /\(?sum\(increase\((bad|all)\{version(!?=)"v"\}\[1h\]\)\)(?: or vector\(0\)\)| > 0\))?/g,
      (_, name: string, is: string) => `(${values[`${name}${is}`]})`,
    )
    .replaceAll('ln(', 'Math.log(')
    .replaceAll('sqrt(', 'Math.sqrt(')
    .replaceAll('clamp_min(', 'Math.max(');
  return Number(runInNewContext(code));
}

test('the queries come to what the statistics of the gate say', () => {
  const queries = inClusterQueries({ errors: 'bad', requests: 'all' }, THRESHOLDS, 'v', 3_600_000);
  const shares = { healthy: 0.01, faulty: 0.03 };
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.integer({ min: 1, max: 100_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (all, allThere, share, shareThere) => {
        const [bad, badThere] = [Math.floor(all * share), Math.floor(allThere * shareThere)];
        const counts = [bad, all, badThere, allThere] as const;
        expect(evaluate(queries.share, counts) / (1 + bad)).toBeCloseTo(
          logRatio(bad, all - bad, shares) / (1 + bad),
          3,
        );
        expect(Math.max(0, evaluate(queries.atLeast, counts))).toBeCloseTo(wilson(bad, all, 0.99).lower, 5);
        // In which arm each failure fell, by the requests of both.
        const [healthy, faulty] = [all / (all + allThere), (3 * all) / (3 * all + allThere)];
        const odds = bad * Math.log(faulty / healthy) + badThere * Math.log((1 - faulty) / (1 - healthy));
        expect(evaluate(queries.control, counts) / (1 + bad + badThere)).toBeCloseTo(
          odds / (1 + bad + badThere),
          3,
        );
      },
    ),
  );
  expect(queries.requests).toBe('sum(increase(all{version="v"}[1h]))');
});

test('with one request fewer than the coverage asks for, not even a version without a failure could pass', () => {
  const { pass, leastRequests } = inClusterBounds(THRESHOLDS);
  const shares = { healthy: 0.01, faulty: 0.03 };
  expect(logRatio(0, leastRequests, shares)).toBeLessThanOrEqual(pass + 1e-4);
  expect(logRatio(0, leastRequests - 1, shares)).toBeGreaterThan(pass);
});
