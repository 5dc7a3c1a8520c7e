// What one API server says of itself: kinds, schemas, feature gates.

import type { Facts, Kind, Schema } from '../../../src/dev/kubernetes-files.ts';
import type { Api } from '../../harness/api.ts';
import { until } from '../../harness/until.ts';
import { canonical } from './compact.ts';
import { readPodSecurity } from './read-pod-security.ts';

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const PREFIXES = [
  'io.k8s.apimachinery.pkg.apis.',
  'io.k8s.apimachinery.pkg.api.',
  'io.k8s.apimachinery.pkg.util.',
  'io.k8s.apimachinery.pkg.',
  'io.k8s.apiextensions-apiserver.pkg.apis.',
  'io.k8s.kube-aggregator.pkg.apis.',
  'io.k8s.api.',
];

/** `io.k8s.api.core.v1.PodSpec` is `core.v1.PodSpec`. */
function shortName(name: string): string {
  const prefix = PREFIXES.find((prefix) => name.startsWith(prefix));
  return prefix === undefined ? name : name.slice(prefix.length);
}

/** What changes how an object is written, not whether it is right. */
const LEFT_OUT = new Set([
  'x-kubernetes-patch-merge-key',
  'x-kubernetes-patch-strategy',
  'x-kubernetes-group-version-kind',
]);

/** A schema with short references; `allOf` of one reference, which only carries a default, is that reference. */
function simplify(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(simplify);
  if (typeof value !== 'object' || value === null) return value;
  const { allOf, ...rest } = value as Record<string, unknown>;
  const only =
    Array.isArray(allOf) && allOf.length === 1 ? (allOf[0] as object) : allOf === undefined ? {} : { allOf };
  const entries = Object.entries({ ...rest, ...only })
    .filter(([key, item]) => !LEFT_OUT.has(key) && !(key === 'default' && JSON.stringify(item) === '{}'))
    .map(([key, item]) =>
      key === '$ref' && typeof item === 'string'
        ? [key, shortName(item.split('/').pop()!)]
        : [key, simplify(item)],
    );
  return Object.fromEntries(entries);
}

/** Everything that a newly started server serves by default. */
export async function readServer(api: Api): Promise<Facts> {
  const raw = await readDefinitions(api);
  const byKind = new Map<string, string>();
  for (const [name, schema] of Object.entries(raw)) {
    for (const { group, version, kind } of (schema['x-kubernetes-group-version-kind'] ??
      []) as readonly GroupVersionKind[]) {
      const apiVersion = group === '' ? version : `${group}/${version}`;
      // Options that go with every group are not kinds of objects.
      if ((schema['properties'] as object | undefined) && 'metadata' in (schema['properties'] as object))
        byKind.set(`${apiVersion} ${kind}`, name);
    }
  }
  const kinds: Record<string, Kind> = {};
  for (const apiVersion of await apiVersions(api)) {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const { body } = await api.demand<{ resources: readonly Resource[] }>('GET', root);
    for (const { name, kind, namespaced, verbs } of body.resources) {
      const schema = byKind.get(`${apiVersion} ${kind}`);
      if (name.includes('/') || !verbs.includes('patch') || schema === undefined) continue;
      const { warnings } = await api.send('GET', `${root}/${name}?limit=1`);
      const warning = warnings.find((text) => text.includes('deprecated'));
      kinds[`${apiVersion} ${kind}`] = {
        plural: name,
        namespaced,
        schema: shortName(schema),
        ...(warning ? { warning } : {}),
      };
    }
  }
  const definitions = Object.fromEntries(
    Object.entries(raw).map(([name, schema]) => [shortName(name), canonical(simplify(schema)) as Schema]),
  );
  const { body: version } = await api.demand<{ gitVersion: string }>('GET', '/version');
  return {
    version: version.gitVersion,
    kinds,
    definitions: reachable(definitions, Object.values(kinds)),
    features: await readFeatures(api),
    podSecurity: await readPodSecurity(api),
  };
}

async function apiVersions(api: Api): Promise<readonly string[]> {
  const { body } = await api.demand<{ groups: { versions: { groupVersion: string }[] }[] }>('GET', '/apis');
  return ['v1', ...body.groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => groupVersion))];
}

async function readDefinitions(api: Api): Promise<Record<string, Schema>> {
  const versions = (await apiVersions(api)).length;
  const paths = await until('all OpenAPI documents', async () => {
    const { body } = await api.demand<{ paths?: Record<string, { serverRelativeURL: string }> }>(
      'GET',
      '/openapi/v3',
    );
    const found = Object.entries(body.paths ?? {});
    return found.filter(([path]) => /^(api|apis\/[^/]+)\/v\w+$/.test(path)).length >= versions && found;
  });
  const definitions: Record<string, Schema> = {};
  for (const [, { serverRelativeURL }] of paths) {
    const { body } = await api.demand<{ components?: { schemas?: Record<string, Schema> } }>(
      'GET',
      serverRelativeURL,
    );
    Object.assign(definitions, body.components?.schemas);
  }
  return definitions;
}

/** The definitions that kinds refer to, directly or not. */
function reachable(
  definitions: Readonly<Record<string, Schema>>,
  kinds: readonly Kind[],
): Record<string, Schema> {
  const found: Record<string, Schema> = {};
  const visit = (name: string): void => {
    if (name in found) return;
    found[name] = definitions[name]!;
    for (const [, reference] of JSON.stringify(definitions[name]).matchAll(/"\$ref":"([^"]+)"/g))
      visit(reference!);
  };
  for (const { schema } of kinds) visit(schema);
  return found;
}

/** Gates as `/metrics` shows them: `beta, on`; a gate that can no longer be turned off is `stable`. */
async function readFeatures(api: Api): Promise<Record<string, string>> {
  const { body } = await api.demand<string>('GET', '/metrics', undefined, 'application/json', 'text/plain');
  const lines = body.matchAll(/^kubernetes_feature_enabled\{name="(\w+)",stage="(\w*)"\} ([01])$/gm);
  const features = [...lines].map(([, name, stage, on]) => [
    name!,
    stage === ''
      ? `stable, ${on === '1' ? 'on' : 'off'}`
      : `${stage!.toLowerCase()}, ${on === '1' ? 'on' : 'off'}`,
  ]);
  return Object.fromEntries(features) as Record<string, string>;
}
