import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadFleets } from '../../src/fleet/load.ts';
import type { FleetSpec, ModelServerSpec } from '../../src/fleet/spec.ts';
import { flagger } from '../../src/index.ts';
import { synthFleet } from '../../src/synth/index.ts';
import { startControlPlane, type ControlPlane } from '../harness/control-plane.ts';
import { startControllerManager, startFlagger, startScheduler } from '../harness/controllers.ts';
import { installCrds } from '../harness/install-crds.ts';
import type { Running } from '../harness/process.ts';
import { until } from '../harness/until.ts';
import { describeCluster, runFolder } from './cluster-test.ts';
import { expectedCourse, realCourse, saidAt, textOf } from './flagger-agreement.ts';
import { FLAGGER_CASES } from './flagger-cases.ts';
import { startFakePrometheus, type FakePrometheus } from './harness/fake-prometheus.ts';
import { initialize, tickOnce } from './harness/flagger-ticks.ts';
import { startNodes } from './harness/nodes.ts';

const CASES = new Map(FLAGGER_CASES.map((one) => [one.name, one] as const));

describeCluster.concurrent('Flagger', () => {
  let plane: ControlPlane;
  let metrics: FakePrometheus;
  let running: readonly Running[];
  const asked: string[] = [];
  const askedBy = (name: string): number => asked.filter((query) => query === name).length;
  /** Versions that fail more often than those beside them. */
  const failing = new Set<string>();

  beforeAll(async () => {
    plane = await startControlPlane({ folder: runFolder, name: 'flagger' });
    await installCrds(plane.api, ({ spec }) => spec.group === 'flagger.app');
    metrics = await startFakePrometheus((query) => {
      // Whether anybody is there.
      if (query === 'vector(1)') return [1];
      const one = CASES.get(query);
      const said = one && saidAt(one, askedBy(query));
      asked.push(query);
      if (said === undefined) return [[...failing].some((version) => query.includes(version)) ? 99 : -99];
      if (said === 'down') return undefined;
      return said === 'nothing' ? [] : [said];
    });
    running = await Promise.all([
      startControllerManager(plane),
      startScheduler(plane),
      startFlagger(plane, metrics.url),
      startNodes(plane, ['flagger-1', 'flagger-2', 'flagger-3']),
    ]);
  });
  afterAll(async () => {
    metrics?.stop();
    await Promise.all((running ?? []).map((process) => process.stop()));
    await plane?.stop();
  });

  /** parcel-hubs under another name, tried by Flagger, and as a node of the test can run it. */
  async function definition(name: string, memory = '192Mi'): Promise<FleetSpec> {
    const [hubs] = await loadFleets(['parcel-hubs'], { cwd: process.cwd() });
    const { spec } = hubs!;
    const server = spec.workloads['inference'] as ModelServerSpec;
    const { thresholds } = server.inCluster!;
    const inCluster = flagger({ prometheus: metrics.url, thresholds: thresholds!, watch: '2m' });
    return {
      ...spec,
      name,
      classes: { rack: { ...spec.classes['rack']!, arch: 'amd64' as const } },
      workloads: { inference: { ...server, memory, spread: { replicas: 2 }, inCluster } },
    };
  }

  async function apply(spec: FleetSpec): Promise<void> {
    const { name: namespace } = spec;
    await plane.api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    // What Flagger copies beside the pods that use it.
    for (const [kind, name] of [
      ['ConfigMap', 'breakwater-identity'],
      ['Secret', 'remote-write'],
    ] as const)
      await plane.api.apply({ apiVersion: 'v1', kind, metadata: { name, namespace }, data: {} });
    const objects = synthFleet(spec)['rack']!.objects.filter(({ file }) => !file.startsWith('frame/'));
    // Before it finds what it watches, Flagger makes nothing.
    const isLast = ({ object }: (typeof objects)[number]): number => Number(object.kind === 'Canary');
    for (const { object } of objects.toSorted((a, b) => isLast(a) - isLast(b))) await plane.api.apply(object);
  }

  /** Versions of the pods that answer requests: those of the copy that Flagger keeps. */
  async function primaryVersion(fleet: string): Promise<string | undefined> {
    const live = await plane.api.get<{
      template: { metadata: { labels?: Record<string, string>; annotations?: Record<string, string> } };
    }>('apps/v1', 'Deployment', fleet, 'inference-primary');
    const { labels, annotations } = live!.spec.template.metadata;
    return { ...labels, ...annotations }['breakwater.dev/version'];
  }

  /** Bring up a fleet, apply its next version, and tick until that is decided. */
  async function tryNext(fleet: string, isGood: boolean): Promise<{ phase: string; next: string }> {
    const at = { plane, namespace: fleet, name: 'inference' };
    await apply(await definition(fleet));
    await initialize(at);
    const spec = await definition(fleet, '208Mi');
    const next = synthFleet(spec)['rack']!.versions['inference']!;
    if (!isGood) failing.add(next);
    await apply(spec);
    const states: string[] = [];
    const phase = await until(`${fleet} to be decided`, async () => {
      const state = await tickOnce(at);
      states.push(textOf(state));
      return ['Succeeded', 'Failed'].includes(state.phase) && state.phase;
    });
    console.log(`${fleet}: ${states.join('; ')}`);
    return { phase, next };
  }

  test('promotes a version that does well to its primary', async () => {
    const { phase, next } = await tryNext('good-hubs', true);
    expect(phase).toBe('Succeeded');
    expect(await primaryVersion('good-hubs')).toBe(next);
    expect(asked.some((query) => query.includes(next))).toBe(true);
  });

  test('goes back from a version that fails more often, and keeps the one before', async () => {
    const { phase, next } = await tryNext('bad-hubs', false);
    expect(phase).toBe('Failed');
    expect(await primaryVersion('bad-hubs')).not.toBe(next);
  });

  test(`decides tick by tick as the model does, in all of ${FLAGGER_CASES.length} configurations`, async () => {
    const courses = await Promise.all(
      FLAGGER_CASES.map(
        async (one) => [one.name, await realCourse(plane, one, metrics.url, askedBy)] as const,
      ),
    );
    expect(Object.fromEntries(courses)).toEqual(
      Object.fromEntries(FLAGGER_CASES.map((one) => [one.name, expectedCourse(one)])),
    );
    const ticks = courses.reduce((sum, [, { states }]) => sum + states.length, 0);
    console.log(`${courses.length} Canaries agree over ${ticks} states`);
  });
});
