// Custom resource definitions, kept as one file for each kind and version, with the schema as the API server has it.
// Everything else that a definition needs stands in the file too, so that test servers are given them from here.

import type { KubeObject } from '../../../src/synth/manifests.ts';
import { canonical, compact } from './compact.ts';
import { readFolder } from './files.ts';
import { expandParts, shareParts } from './shared-parts.ts';

interface Names {
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly listKind: string;
  readonly shortNames?: readonly string[];
}

interface CrdVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated?: boolean;
  readonly deprecationWarning?: string;
  readonly subresources?: unknown;
  readonly schema: { readonly openAPIV3Schema: unknown };
}

export interface Crd extends KubeObject {
  readonly spec: {
    readonly group: string;
    readonly scope: 'Namespaced' | 'Cluster';
    readonly names: Names;
    readonly versions: readonly CrdVersion[];
  };
}

/** One file of `schemas/crds/`. */
interface CrdFile {
  readonly group: string;
  readonly version: string;
  /** Repository and state it was taken from. */
  readonly from: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly names: Names;
  readonly storage: boolean;
  readonly deprecated?: string | true;
  readonly subresources?: unknown;
  readonly schema: unknown;
  /** What the schema refers to by name, since it needs it more than once. */
  readonly parts: Readonly<Record<string, unknown>>;
}

const readFiles = (): readonly CrdFile[] =>
  [...readFolder('crds').values()].map((text) => JSON.parse(text) as CrdFile);

/** The definitions, from `schemas/crds/` alone. */
export function readCrds(): readonly Crd[] {
  const byName = new Map<string, CrdFile[]>();
  for (const file of readFiles()) {
    const name = `${file.names.plural}.${file.group}`;
    byName.set(name, [...(byName.get(name) ?? []), file]);
  }
  return [...byName].map(([name, files]) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec: {
      group: files[0]!.group,
      scope: files[0]!.scope,
      names: files[0]!.names,
      versions: files.map((file) => ({
        name: file.version,
        served: true,
        storage: file.storage,
        ...(file.deprecated === undefined ? {} : { deprecated: true }),
        ...(typeof file.deprecated === 'string' ? { deprecationWarning: file.deprecated } : {}),
        ...(file.subresources === undefined ? {} : { subresources: file.subresources }),
        schema: { openAPIV3Schema: expandParts(file) },
      })),
    },
  }));
}

/** By path in `schemas/crds/`: what its file should hold. */
export function crdFiles(crds: readonly Crd[], fromOf: (crd: Crd) => string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const crd of crds) {
    const { group, scope, names } = crd.spec;
    const { kind, plural, singular, listKind, shortNames } = names;
    for (const version of crd.spec.versions.filter(({ served }) => served)) {
      const file: CrdFile = {
        group,
        version: version.name,
        from: fromOf(crd),
        scope,
        names: { kind, plural, singular, listKind, ...(shortNames ? { shortNames } : {}) },
        storage: version.storage,
        ...(version.deprecated ? { deprecated: version.deprecationWarning ?? true } : {}),
        ...(version.subresources === undefined ? {} : { subresources: version.subresources }),
        ...shareParts(canonical(version.schema.openAPIV3Schema)),
      };
      files.set(`${group}/${kind.toLowerCase()}-${version.name}.json`, `${compact(file)}\n`);
    }
  }
  return new Map([...files].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Where each definition that is kept was taken from, by its name. */
export const keptOrigins = (): ReadonlyMap<string, string> =>
  new Map(readFiles().map(({ group, names, from }) => [`${names.plural}.${group}`, from]));
