import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadFleets } from '../../src/fleet/load.ts';
import { argoRollouts, flagger } from '../../src/index.ts';
import type { FleetSpec, ModelServerSpec } from '../../src/fleet/spec.ts';
import { bootstrapObjects, synthFleet } from '../../src/synth/index.ts';
import type { KubeObject } from '../../src/synth/manifests.ts';
import { describeCluster, runFolder } from './cluster-test.ts';
import { startControlPlane, type ControlPlane } from '../harness/control-plane.ts';
import { readGenerated, type Generated } from '../harness/generated.ts';
import { installCrds, isEngine } from '../harness/install-crds.ts';

/** Fields that the server left out of what it was given: those of features that its minor has not, without a word. */
function dropped(given: unknown, kept: unknown, path = ''): readonly string[] {
  if (typeof given !== 'object' || given === null) return [];
  return Object.entries(given).flatMap(([key, value]) => {
    if (isZero(value)) return [];
    if (typeof kept !== 'object' || kept === null || !(key in kept)) return [`dropped ${path}/${key}`];
    return dropped(value, (kept as Record<string, unknown>)[key], `${path}/${key}`);
  });
}

/** What Go leaves out when it writes JSON. */
const isZero = (value: unknown): boolean =>
  value === false || value === '' || value === 0 || (Array.isArray(value) && value.length === 0);

/** Objects of definitions that no reference fleet has. */
async function variants(): Promise<readonly (readonly [fleet: string, objects: readonly KubeObject[]])[]> {
  const [hubs] = await loadFleets(['parcel-hubs'], { cwd: process.cwd() });
  const server = hubs!.spec.workloads['inference'] as ModelServerSpec;
  const { prometheus, thresholds } = server.inCluster!;
  const judge = { prometheus, thresholds: thresholds! };
  const made = (name: string, change: Partial<ModelServerSpec>): FleetSpec => ({
    ...hubs!.spec,
    name,
    workloads: { inference: { ...server, ...change } },
  });
  const pulling: FleetSpec = {
    ...made('variant-pull', {}),
    delivery: {
      kind: 'argocd',
      mode: 'pull',
      source: { kind: 'oci', url: 'oci://registry.example.com/fleets' },
      interval: '5m',
    },
  };
  const specs = [
    made('variant-flagger', { inCluster: flagger(judge) }),
    made('variant-ref', { inCluster: argoRollouts({ ...judge, workloadRef: true }) }),
    pulling,
  ];
  return specs.map((spec) => [
    spec.name,
    [
      ...bootstrapObjects(spec, { cluster: '0042', class: 'rack', region: 'south', slice: 'p010.00' }),
      ...Object.values(synthFleet(spec)).flatMap(({ objects }) =>
        objects.filter(({ file }) => !file.startsWith('frame/')).map(({ object }) => object),
      ),
    ],
  ]);
}

const namespace = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

describeCluster('everything generated', () => {
  let generated: readonly Generated[];
  const planes: ControlPlane[] = [];
  beforeAll(async () => {
    generated = await readGenerated();
  });
  afterAll(() => Promise.all(planes.map((plane) => plane.stop())));

  test('is accepted by the API server of the minor that its class declares: no warning, no field dropped', async () => {
    const minors = [...new Set(generated.map(({ k3s }) => k3s))].toSorted();
    const said: string[] = [];
    let accepted = 0;
    for (const minor of minors) {
      const plane = await startControlPlane({ folder: runFolder, name: `emulated-${minor}`, emulate: minor });
      planes.push(plane);
      await installCrds(plane.api, isEngine);
      for (const name of ['flux-system', 'argocd']) await plane.api.apply(namespace(name));
      for (const { fleet, class: name, objects } of generated.filter(({ k3s }) => k3s === minor)) {
        await plane.api.apply(namespace(fleet));
        for (const [file, object] of objects) {
          const problems = await plane.api.apply(object, { dryRun: true }).then(
            ({ warnings, body }) => [...warnings, ...dropped(object, body)],
            (error: Error) => [error.message],
          );
          said.push(...problems.map((problem) => `${minor} ${fleet}/${name} ${file}: ${problem}`));
          accepted += problems.length === 0 ? 1 : 0;
        }
      }
      await plane.stop();
    }
    expect(said).toEqual([]);
    expect(accepted).toBe(generated.flatMap(({ objects }) => objects).length);
    console.log(`${accepted} objects of ${generated.length} classes accepted by ${minors.join(', ')}`);
  });

  test('can be applied for real, in order, on the newest minor, and applied again without a change', async () => {
    const plane = await startControlPlane({ folder: runFolder, name: 'newest' });
    planes.push(plane);
    await installCrds(plane.api, isEngine);
    for (const name of ['flux-system', 'argocd']) await plane.api.apply(namespace(name));
    for (const { objects } of generated) {
      for (const [file, object] of objects) {
        const first = await plane.api.apply(object);
        expect([file, first.warnings]).toEqual([file, []]);
        const second = await plane.api.apply(object);
        expect([file, second.body.metadata.generation]).toEqual([file, first.body.metadata.generation]);
      }
    }
  });

  test('what a definition may ask for besides is accepted there as well: Flagger, a Rollout that refers to a Deployment, pull mode', async () => {
    const plane = planes.at(-1)!;
    const said: string[] = [];
    for (const [fleet, objects] of await variants()) {
      for (const name of [fleet, 'flux-system', 'argocd']) await plane.api.apply(namespace(name));
      for (const object of objects) {
        const problems = await plane.api.apply(object, { dryRun: true }).then(
          ({ warnings, body }) => [...warnings, ...dropped(object, body)],
          (error: Error) => [error.message],
        );
        said.push(...problems.map((problem) => `${fleet} ${object.kind}/${object.metadata.name} ${problem}`));
      }
    }
    expect(said).toEqual([]);
  });
});
