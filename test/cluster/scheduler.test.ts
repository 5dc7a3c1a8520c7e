import { afterAll, expect, test } from 'vitest';
import type { Role } from '../../src/check/device-load.ts';
import { allocatableMemory, SYSTEM_REQUESTS } from '../../src/check/system-load.ts';
import { loadFleets } from '../../src/fleet/load.ts';
import { describeCluster, runFolder } from './cluster-test.ts';
import type { Condition, Live } from '../harness/api.ts';
import { startControlPlane, type ControlPlane } from '../harness/control-plane.ts';
import { startControllerManager, startScheduler } from '../harness/controllers.ts';
import { readGenerated } from '../harness/generated.ts';
import { addNodes, startNodes } from './harness/nodes.ts';
import { crowds, type Crowd } from './random-pods.ts';
import { until } from '../harness/until.ts';

type Pod = Live<{ readonly nodeName?: string }, { readonly conditions?: readonly Condition[] }>;

/** Whether the scheduler has decided about a pod. */
const isDecided = ({ spec, status }: Pod): boolean =>
  spec.nodeName !== undefined ||
  (status?.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'Unschedulable') ??
    false);

const CASES = 240;
const SEED = 20_261_125;

describeCluster('the scheduler', () => {
  const running: { stop(): Promise<void> }[] = [];
  afterAll(() => Promise.all(running.map((process) => process.stop())));

  /** A cluster without nodes. */
  async function startPlane(name: string): Promise<ControlPlane> {
    const plane = await startControlPlane({ folder: runFolder, name });
    running.push(plane, ...(await Promise.all([startScheduler(plane), startControllerManager(plane)])));
    return plane;
  }

  test(`agrees with our arithmetic on ${CASES} crowds of pods at the edge of what a device holds`, async () => {
    const namespace = 'crowds';
    const plane = await startPlane(namespace);
    await plane.api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await until('the service account', () => plane.api.get('v1', 'ServiceAccount', namespace, 'default'));
    const cases = crowds(CASES, SEED);
    const arrive = async ({ pods, size }: Crowd, name: string): Promise<void> => {
      await addNodes(plane, [name], { size });
      await plane.api.merge('v1', 'Node', undefined, name, { spec: { taints: null } });
      for (const [number, spec] of pods.entries()) {
        await plane.api.apply({
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: `${name}-${number}`, namespace, labels: { crowd: name } },
          spec: {
            ...spec,
            nodeSelector: { 'kubernetes.io/hostname': name },
            tolerations: [{ operator: 'Exists' }],
          },
        });
      }
    };
    const AT_ONCE = 12;
    for (let first = 0; first < cases.length; first += AT_ONCE) {
      const some = cases.slice(first, first + AT_ONCE);
      await Promise.all(some.map((crowd, index) => arrive(crowd, `crowd-${first + index}`)));
    }
    const decided = await until(
      'a decision about every pod',
      async () => {
        const pods = (await plane.api.list('v1', 'Pod', namespace)) as readonly Pod[];
        return pods.every(isDecided) && pods;
      },
      { everyMs: 500, timeoutMs: 200_000 },
    );
    const disagreements = cases.flatMap(({ fits, pods, size }, index) => {
      const mine = decided.filter(({ metadata }) => metadata.labels?.['crowd'] === `crowd-${index}`);
      const placed = mine.every(({ spec }) => spec.nodeName !== undefined);
      return placed === fits ? [] : [{ index, fits, placed, size, pods }];
    });
    expect(disagreements).toEqual([]);
    const fitting = cases.filter(({ fits }) => fits).length;
    console.log(
      `${CASES} crowds, ${decided.length} pods: ${fitting} fit, ${CASES - fitting} do not; no disagreement`,
    );
  });

  test('places every workload of every class on servers and agents, and through an update', async () => {
    const fleets = await loadFleets([], { cwd: process.cwd() });
    // Where a Rollout's replicas go is Argo Rollouts' business.
    const generated = (await readGenerated()).filter(({ objects }) =>
      objects.some(([, { kind }]) => kind === 'DaemonSet'),
    );
    const plane = await startPlane('classes');
    for (const [index, { fleet, class: name, objects }] of generated.entries()) {
      const device = fleets.find(({ spec }) => spec.name === fleet)!.spec.classes[name]!;
      const size = {
        cpu: device.allocatable?.cpu ?? device.cpu,
        memory: String(allocatableMemory(device)),
        'ephemeral-storage': device.disk,
        ...Object.fromEntries(
          Object.entries(device.accelerators ?? {}).map(([key, count]) => [key, String(count)]),
        ),
      };
      const roles: readonly Role[] = ['server', 'agent'];
      const nodes = roles.map((role) => `class-${index}-${role}`);
      running.push(await startNodes(plane, nodes, { kubelet: `kwok-${index}`, arch: device.arch, size }));
      await plane.api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `system-${index}` } });
      await until('the service account', () =>
        plane.api.get('v1', 'ServiceAccount', `system-${index}`, 'default'),
      );
      for (const node of nodes) {
        await plane.api.apply({
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: node, namespace: `system-${index}` },
          spec: {
            nodeName: node,
            containers: [
              {
                name: 'system',
                image: 'registry.example.com/system:1',
                resources: {
                  requests: { cpu: `${SYSTEM_REQUESTS.millicores}m`, memory: String(SYSTEM_REQUESTS.memory) },
                },
              },
            ],
          },
        });
      }
      const applied = objects.filter(
        ([, { apiVersion, metadata }]) =>
          !/toolkit\.fluxcd\.io|argoproj\.io/.test(apiVersion) && metadata.namespace !== 'flux-system',
      );
      for (const [, object] of applied) await plane.api.apply(object);
      const daemonSets = applied.map(([, object]) => object).filter(({ kind }) => kind === 'DaemonSet');
      expect(daemonSets.length).toBeGreaterThan(0);
      const settled = (what: string) =>
        until(`${what} of ${fleet}/${name}`, async () => {
          const live = await plane.api.list<unknown, DaemonSetStatus>('apps/v1', 'DaemonSet', fleet);
          return (
            live.length === daemonSets.length &&
            live.every(
              ({ metadata, status }) =>
                status?.observedGeneration === metadata.generation &&
                status.desiredNumberScheduled === nodes.length &&
                status.updatedNumberScheduled === nodes.length &&
                status.numberAvailable === nodes.length,
            )
          );
        });
      await settled('the first release');
      for (const { metadata } of daemonSets) {
        const template = { metadata: { annotations: { 'example.com/release': 'two' } } };
        await plane.api.merge('apps/v1', 'DaemonSet', fleet, metadata.name, { spec: { template } });
      }
      await settled('an update');
      // The next class has nodes of its own.
      for (const { metadata } of daemonSets)
        await plane.api.remove('apps/v1', 'DaemonSet', fleet, metadata.name);
      for (const node of nodes) await plane.api.remove('v1', 'Node', undefined, node);
    }
    console.log(`${generated.length} classes placed and updated`);
  });
});

interface DaemonSetStatus {
  readonly observedGeneration?: number;
  readonly desiredNumberScheduled: number;
  readonly updatedNumberScheduled?: number;
  readonly numberAvailable?: number;
}
