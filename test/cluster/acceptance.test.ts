import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PlanFile } from '../../src/plan/plan.ts';
import type { KubeObject } from '../../src/synth/manifests.ts';
import { describeCluster, runFolder } from './cluster-test.ts';
import { startControlPlane, type ControlPlane } from './harness/control-plane.ts';
import { installCrds, isFlux } from './harness/install-crds.ts';
import { objectsOf, openRepository, type Repository } from './harness/repository.ts';

const FLEETS = ['city-cameras', 'hello-edge', 'store-shelves'] as const;

/** Everything that is generated for one class, and what a cluster of it is told once. */
interface Generated {
  readonly fleet: string;
  readonly class: string;
  readonly k3s: string;
  /** In the order in which a cluster gets to see them. */
  readonly objects: readonly (readonly [file: string, object: KubeObject])[];
}

/** What Flux does with the frame: `${name}` is filled from the cluster's identity. */
const fill = (value: unknown, identity: Readonly<Record<string, string>>): unknown => {
  if (typeof value === 'string')
    return value.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => identity[name] ?? '');
  if (Array.isArray(value)) return value.map((item) => fill(item, identity));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, identity)]));
};

const ORDER = ['/frame/namespace.yaml', '/frame/', '/config/', '/objects/'];
const order = (file: string): number => ORDER.findIndex((part) => file.includes(part));

async function generatedFor(repository: Repository, fleet: string): Promise<readonly Generated[]> {
  const plan = JSON.parse(repository.read(`generated/${fleet}/plan.json`)) as PlanFile;
  const all: Generated[] = [];
  for (const [name, { k3s, regions }] of Object.entries(plan.classes)) {
    const cluster = await clusterOf(repository, fleet, name);
    const printed = await repository.run(
      'bootstrap',
      fleet,
      '--cluster',
      cluster.name,
      ...cluster.options(Object.keys(regions)[0]!),
    );
    const bootstrap = objectsOf(printed);
    const identity = bootstrap.find(({ kind }) => kind === 'ConfigMap')!['data'] as Record<string, string>;
    const files = repository
      .files(`generated/${fleet}/releases/${name}`)
      .filter((file) => file.endsWith('.yaml') && !file.endsWith('/kustomization.yaml'));
    all.push({
      fleet,
      class: name,
      k3s,
      objects: [
        ...bootstrap.map((object) => ['bootstrap', object] as const),
        ...files
          .toSorted((a, b) => order(a) - order(b))
          .flatMap((file) => objectsOf(repository.read(file)).map((object) => [file, object] as const))
          .map(
            ([file, object]) =>
              [file, file.includes('/frame/') ? (fill(object, identity) as KubeObject) : object] as const,
          ),
      ],
    });
  }
  return all;
}

/** A cluster of a class: from the inventory where it names clusters, else any name. */
async function clusterOf(
  repository: Repository,
  fleet: string,
  className: string,
): Promise<{ name: string; options: (region: string) => string[] }> {
  const csv = repository.files('fleets').find((file) => file.endsWith(`${fleet}.csv`));
  const row =
    csv &&
    repository
      .read(csv)
      .split('\n')
      .map((line) => line.split(','))
      .find((row) => row[1] === className);
  if (row) return { name: row[0]!, options: () => [] };
  return { name: '0042', options: (region) => ['--class', className, '--region', region] };
}

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

const namespace = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

describeCluster('everything generated', () => {
  let generated: readonly Generated[];
  const planes: ControlPlane[] = [];
  beforeAll(async () => {
    const repository = openRepository(process.cwd());
    generated = (await Promise.all(FLEETS.map((fleet) => generatedFor(repository, fleet)))).flat();
  });
  afterAll(() => Promise.all(planes.map((plane) => plane.stop())));

  test('is accepted by the API server of the minor that its class declares: no warning, no field dropped', async () => {
    const minors = [...new Set(generated.map(({ k3s }) => k3s))].toSorted();
    const said: string[] = [];
    let accepted = 0;
    for (const minor of minors) {
      const plane = await startControlPlane({ folder: runFolder, name: `emulated-${minor}`, emulate: minor });
      planes.push(plane);
      await installCrds(plane.api, isFlux);
      await plane.api.apply(namespace('flux-system'));
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
    await installCrds(plane.api, isFlux);
    await plane.api.apply(namespace('flux-system'));
    for (const { objects } of generated) {
      for (const [file, object] of objects) {
        const first = await plane.api.apply(object);
        expect([file, first.warnings]).toEqual([file, []]);
        const second = await plane.api.apply(object);
        expect([file, second.body.metadata.generation]).toEqual([file, first.body.metadata.generation]);
      }
    }
  });
});
