// What is committed in generated/, as a cluster of each class gets it.

import type { PlanFile } from '../../src/plan/plan.ts';
import type { KubeObject } from '../../src/synth/manifests.ts';
import { objectsOf, openRepository, type Repository } from './repository.ts';

export const FLEETS = [
  'city-cameras',
  'hello-edge',
  'hello-edge-argo',
  'parcel-hubs',
  'store-shelves',
] as const;

/** Everything that is generated for one class, and what a cluster of it is told once. */
export interface Generated {
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

/** All classes of one fleet of a repository. */
export async function generatedFor(repository: Repository, fleet: string): Promise<readonly Generated[]> {
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
    // Argo CD fills nothing in: its Applications patch the ConfigMap.
    const told = bootstrap.find(({ kind }) => kind === 'ConfigMap');
    const identity = (told?.['data'] ?? {}) as Record<string, string>;
    const folders = plan.delivery.kind === 'flux' ? [] : [`generated/${fleet}/${plan.delivery.kind}`];
    const files = [...folders, `generated/${fleet}/releases/${name}`]
      .flatMap((folder) => repository.files(folder))
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

/** All classes of the reference fleets. */
export async function readGenerated(): Promise<readonly Generated[]> {
  const repository = openRepository(process.cwd());
  return (await Promise.all(FLEETS.map((fleet) => generatedFor(repository, fleet)))).flat();
}
