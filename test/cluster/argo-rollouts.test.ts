import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeCluster, runFolder } from './cluster-test.ts';
import type { Condition } from '../harness/api.ts';
import { startControlPlane, type ControlPlane } from '../harness/control-plane.ts';
import { startArgoRollouts, startControllerManager, startScheduler } from '../harness/controllers.ts';
import { installCrds } from '../harness/install-crds.ts';
import { startFakePrometheus, type FakePrometheus } from './harness/fake-prometheus.ts';
import { startNodes } from './harness/nodes.ts';
import type { Running } from '../harness/process.ts';
import { loadFleets } from '../../src/fleet/load.ts';
import type { ArgoRolloutsSpec, FleetSpec, ModelServerSpec } from '../../src/fleet/spec.ts';
import { synthFleet, toYaml } from '../../src/synth/index.ts';
import { binaryPath } from '../harness/build.ts';
import { until } from '../harness/until.ts';
import { expectedEnding, realEndings, type Ending } from './analysis-agreement.ts';
import { CASES } from './analysis-cases.ts';
import { refusalOf, ROLLOUT_CASES } from './rollout-validity.ts';

const API = 'argoproj.io/v1alpha1';

interface RolloutStatus {
  readonly phase?: string;
  readonly abort?: boolean;
  readonly currentPodHash?: string;
  readonly stableRS?: string;
  readonly observedGeneration?: string;
  readonly conditions?: readonly Condition[];
}

describeCluster('Argo Rollouts', () => {
  let plane: ControlPlane;
  let metrics: FakePrometheus;
  let running: readonly Running[];
  const asked: string[] = [];
  /** Versions that fail more often than those beside them. */
  const failing = new Set<string>();

  beforeAll(async () => {
    plane = await startControlPlane({ folder: runFolder, name: 'argo' });
    await installCrds(plane.api, ({ spec }) => spec.group === 'argoproj.io');
    metrics = await startFakePrometheus((query) => {
      asked.push(query);
      if (query.includes('sqrt(')) return [0.001];
      // Requests alone, else log odds.
      if (!query.includes('vector(0)')) return [10_000];
      return [...failing].some((version) => query.includes(version)) ? [9] : [-9];
    });
    running = await Promise.all([
      startControllerManager(plane),
      startScheduler(plane),
      startArgoRollouts(plane),
      startNodes(plane, ['argo-1', 'argo-2']),
    ]);
  });
  afterAll(async () => {
    metrics?.stop();
    await Promise.all((running ?? []).map((process) => process.stop()));
    await plane?.stop();
  });

  const statusOf = async (fleet: string): Promise<RolloutStatus> => {
    const live = await plane.api.get<unknown, RolloutStatus>(API, 'Rollout', fleet, 'inference');
    return live?.status?.observedGeneration === String(live?.metadata.generation) ? (live.status ?? {}) : {};
  };

  /** Apply what a definition makes: what the other objects need first. */
  async function apply(spec: FleetSpec): Promise<void> {
    await plane.api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: spec.name } });
    const objects = synthFleet(spec)['rack']!.objects.filter(({ file }) => !file.startsWith('frame/'));
    const first = (kind: string): number => (/Rollout|Deployment/.test(kind) ? 1 : 0);
    for (const { object } of objects.toSorted((a, b) => first(a.object.kind) - first(b.object.kind)))
      await plane.api.apply(object);
  }

  const untilPhase = (fleet: string, phase: string, than?: string): Promise<RolloutStatus> =>
    until(`${fleet} to be ${phase}`, async () => {
      const status = await statusOf(fleet);
      return status.phase === phase && status.currentPodHash !== than && status;
    });

  /** parcel-hubs under another name, quick, and as a node of the test can run it. */
  async function definition(name: string, change: Partial<ArgoRolloutsSpec> = {}, memory = '192Mi') {
    const [hubs] = await loadFleets(['parcel-hubs'], { cwd: process.cwd() });
    const { spec } = hubs!;
    const server = spec.workloads['inference'] as ModelServerSpec;
    const inCluster = {
      ...(server.inCluster as ArgoRolloutsSpec),
      prometheus: metrics.url,
      watch: '2s',
      ...change,
    };
    return {
      ...spec,
      name,
      classes: { rack: { ...spec.classes['rack']!, arch: 'amd64' as const } },
      workloads: { inference: { ...server, memory, inCluster } },
    };
  }

  const runs = (fleet: string) => plane.api.list<unknown, { phase?: string }>(API, 'AnalysisRun', fleet);

  /** Phases of analyses once all have ended, which the one in the background does after the rollout. */
  const endedRuns = (fleet: string): Promise<readonly string[]> =>
    until(`the analyses of ${fleet}`, async () => {
      const phases = (await runs(fleet)).map(({ status }) => status?.phase ?? '');
      return !phases.some((phase) => ['', 'Pending', 'Running'].includes(phase)) && phases;
    });

  test.each([
    ['good-fleet', {}],
    ['good-reference', { workloadRef: true, weights: [34] }],
  ])(
    'takes %s through its steps to a new version that does well, and back at once',
    async (fleet, change) => {
      await apply(await definition(fleet, change));
      const { currentPodHash: before } = await untilPhase(fleet, 'Healthy');
      expect(await runs(fleet)).toEqual([]);
      // Which version is older it tells by whole seconds of creation.
      await delay(1500);

      const next = await definition(fleet, change, '208Mi');
      await apply(next);
      const after = await untilPhase(fleet, 'Healthy', before);
      expect(after.stableRS).toBe(after.currentPodHash);
      expect(await endedRuns(fleet)).toEqual(['Successful', 'Successful']);
      // The version that was judged is the one that runs.
      const { versions } = synthFleet(next)['rack']!;
      expect(asked.filter((query) => query.includes(versions['inference']!)).length).toBeGreaterThanOrEqual(
        3,
      );

      // What has run before comes back without steps and analyses.
      await apply(await definition(fleet, change));
      const back = await untilPhase(fleet, 'Healthy', after.currentPodHash);
      expect(back.stableRS).toBe(before);
      expect(await runs(fleet)).toHaveLength(2);
    },
  );

  test('stops a version that fails more often than the one before, and keeps that one', async () => {
    const fleet = 'bad-fleet';
    await apply(await definition(fleet));
    const { currentPodHash: before } = await untilPhase(fleet, 'Healthy');
    const next = await definition(fleet, { watch: '1m' }, '208Mi');
    failing.add(synthFleet(next)['rack']!.versions['inference']!);
    await apply(next);
    const after = await untilPhase(fleet, 'Degraded');
    expect(after.abort).toBe(true);
    expect(after.stableRS).toBe(before);
  });

  test('asks in PromQL that Prometheus understands', async () => {
    const rules = asked.map((expr, index) => ({ record: `asked:${index}`, expr }));
    const file = join(runFolder, 'asked.yml');
    writeFileSync(file, toYaml({ groups: [{ name: 'asked', rules }] }));
    const { status, stderr, stdout } = spawnSync(binaryPath('promtool'), ['check', 'rules', file]);
    expect({ status, said: `${stderr.toString()}${stdout.toString()}` }).toMatchObject({ status: 0 });
    expect(rules.length).toBeGreaterThan(6);
  });

  test(`refuses the same of ${ROLLOUT_CASES.length} Rollouts as the rules do`, async () => {
    const said = await Promise.all(
      ROLLOUT_CASES.map(async (one) => [one.name, await refusalOf(plane, one)] as const),
    );
    expect(said.filter(([, message]) => message !== '').map(([name]) => name)).toEqual(
      ROLLOUT_CASES.filter(({ isRefused }) => isRefused).map(({ name }) => name),
    );
  });

  test(`counts measurements as the model does, in all of ${CASES.length} configurations`, async () => {
    const real = await realEndings(plane);
    const told = (endings: readonly Ending[]) =>
      Object.fromEntries(CASES.map(({ name }, index) => [name, endings[index]]));
    expect(told(real)).toEqual(told(CASES.map(expectedEnding)));
    const phases = new Map<string, number>();
    for (const { phase } of real) phases.set(phase, (phases.get(phase) ?? 0) + 1);
    console.log(
      `${CASES.length} configurations: ${[...phases].map(([phase, count]) => `${count} ${phase}`).join(', ')}`,
    );
  });
});
