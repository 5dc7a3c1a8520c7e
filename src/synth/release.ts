import { UserError } from '../errors.ts';
import type { Version } from '../plan/plan.ts';
import { shortDigest } from './digest.ts';
import type { KubeObject, PlacedObject, Release } from './manifests.ts';
import { releaseId } from './release-id.ts';
import { identityOf } from './scope.ts';
import type { SynthesizedWorkload } from './synth.ts';
import { toYaml } from './yaml.ts';

/** Longest file name, in characters: file systems end at 255, and so far from it that a suffix still fits. */
const LONGEST_NAME = 200;

/** `kind-name`, in what every file system can hold, also one that does not tell upper from lower case. */
const baseName = ({ kind, metadata: { name } }: KubeObject): string =>
  `${kind}-${name}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]/g, '_')
    .slice(0, LONGEST_NAME);

interface Owned {
  readonly object: KubeObject;
  readonly workload?: string;
}

/** The objects of one folder in their files: one file each, its name decided by the objects alone. */
function place(folder: string, owned: readonly Owned[]): readonly PlacedObject[] {
  const uses = new Map<string, number>();
  for (const { object } of owned) uses.set(baseName(object), (uses.get(baseName(object)) ?? 0) + 1);
  return owned
    .map(({ object, ...owner }) => {
      const name = baseName(object);
      const distinct = uses.get(name)! > 1 ? `${name}-${shortDigest(identityOf(object)).slice(0, 6)}` : name;
      return { object, file: `${folder}/${distinct}.yaml`, document: 0, ...owner };
    })
    .toSorted((a, b) => (a.file < b.file ? -1 : 1));
}

/** Refuse what cannot be applied together, or not at all. */
function checkObjects(className: string, owned: readonly Owned[]): void {
  const seen = new Map<string, string | undefined>();
  for (const { object, workload } of owned) {
    const { apiVersion, kind, metadata } = object as Partial<KubeObject>;
    if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof metadata?.name !== 'string') {
      throw new UserError(
        'FLEET_SYNTH',
        `workload "${workload}" makes an object without apiVersion, kind or metadata.name for class "${className}": ${JSON.stringify(object).slice(0, 100)}`,
        'give it all three',
      );
    }
    const key = identityOf(object);
    if (seen.has(key)) {
      const makers = new Set([seen.get(key), workload]);
      const names = [...makers].map((name) => (name === undefined ? 'Breakwater' : `workload "${name}"`));
      throw new UserError(
        'FLEET_SYNTH',
        `${kind} ${metadata.name} is made twice for class "${className}", by ${names.join(' and ')}`,
        'give one of them another name',
      );
    }
    seen.set(key, workload);
  }
}

const kustomization = (resources: readonly string[]): string =>
  toYaml({ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources });

const inFolder = (file: string): string => file.slice(file.lastIndexOf('/') + 1);

/** An index of a folder's files, and the files. */
function* folderFiles(folder: string, placed: readonly PlacedObject[]): Generator<[string, string]> {
  yield [`${folder}/kustomization.yaml`, kustomization(placed.map(({ file }) => inFolder(file)))];
  for (const { file, object } of placed) yield [file, toYaml(object)];
}

/**
 * Lay out one class's objects as the files of a release, and name it by them.
 *
 * @param frame file name in `frame/` → object
 * @param shared what belongs to no one workload
 * @throws UserError `FLEET_SYNTH` for two objects of one name
 */
export function makeRelease(
  className: string,
  frame: Readonly<Record<string, KubeObject>>,
  workloads: readonly SynthesizedWorkload[],
  shared: readonly KubeObject[],
): Release {
  const framed = Object.entries(frame).map(([name, object]) => ({
    object,
    file: `frame/${name}`,
    document: 0,
  }));
  const owned: readonly Owned[] = [
    ...shared.map((object) => ({ object })),
    ...workloads.flatMap(({ name, objects }) => objects.map((object) => ({ object, workload: name }))),
  ];
  const configs = workloads
    .flatMap(({ name, config }) => (config === undefined ? [] : [{ workload: name, ...config }]))
    .toSorted((a, b) => (a.folder < b.folder ? -1 : 1));
  const ownedConfigs = configs.flatMap(({ workload, objects }) =>
    objects.map((object) => ({ object, workload })),
  );
  checkObjects(className, [...framed, ...owned, ...ownedConfigs]);

  const placed = place('objects', owned);
  const placedConfigs = configs.map(({ folder, workload, objects }) => ({
    folder: `config/${folder}`,
    placed: place(
      `config/${folder}`,
      objects.map((object) => ({ object, workload })),
    ),
  }));
  const versions: Record<string, Version> = {};
  for (const { name, version } of workloads) versions[name] = version;
  const folders = configs.map(({ folder }) => folder);

  const files = new Map<string, string>([
    ['release.json', `${JSON.stringify({ versions }, undefined, 2)}\n`],
    ...folderFiles('frame', framed),
    ...folderFiles('objects', placed),
    ...(folders.length > 0 ? [['config/kustomization.yaml', kustomization(folders)] as const] : []),
    ...placedConfigs.flatMap((config) => [...folderFiles(config.folder, config.placed)]),
  ]);
  const inOrder = new Map([...files].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return {
    class: className,
    id: releaseId(inOrder),
    versions,
    files: inOrder,
    configs: folders,
    objects: [...framed, ...placed, ...placedConfigs.flatMap((config) => config.placed)],
  };
}
