import type { Version } from '../plan/plan.ts';
import type { KubeObject } from './manifests.ts';
import { shortDigest } from './digest.ts';
import { identityOf } from './scope.ts';

/** Label of every pod: what evidence about it is about. Never part of a selector. */
export const VERSION_LABEL = 'breakwater.dev/version';

/** Stands outside of pods for the version until it is known: what judges a version has to name it. */
export const VERSION_PENDING = 'breakwater-version-pending';

type Json = Readonly<Record<string, unknown>>;

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null;
const has = (value: unknown, key: string): value is Json => isJson(value) && isJson(value[key]);

/**
 * Replace the pod template of an object, wherever its kind keeps it: the object itself for a Pod, `spec.jobTemplate`
 * for a CronJob, `spec.template` for all others, custom kinds included. An object without one comes back as it is.
 */
export function mapTemplate(object: KubeObject, change: (template: Json) => Json): KubeObject {
  if (object.kind === 'Pod' && object.apiVersion === 'v1') return { ...object, ...change(object) };
  const inSpec = (holder: Json): Json => {
    const spec = holder['spec'];
    if (has(spec, 'jobTemplate')) {
      return { ...holder, spec: { ...spec, jobTemplate: inSpec(spec['jobTemplate'] as Json) } };
    }
    if (!has(spec, 'template')) return holder;
    const template = spec['template'] as Json;
    if (!has(template, 'spec') || !Array.isArray((template['spec'] as Json)['containers'])) return holder;
    return { ...holder, spec: { ...spec, template: change(template) } };
  };
  return inSpec(object) as KubeObject;
}

/** The pod templates of objects, by the object that holds them. */
function templatesOf(objects: readonly KubeObject[]): Readonly<Record<string, Json>> {
  const found: Record<string, Json> = {};
  for (const object of objects) {
    mapTemplate(object, (template) => {
      found[identityOf(object)] = { metadata: template['metadata'], spec: template['spec'] };
      return template;
    });
  }
  return found;
}

/**
 * The version of a workload: a digest of its pod templates and of the config it mounts, so that it changes exactly
 * when its pods restart, and not with the order in which constructs are made. A workload that has no pods is all its
 * objects: nothing else of it can work or fail.
 *
 * @param config names and data of the workload's immutable ConfigMaps
 */
export function versionOf(
  objects: readonly KubeObject[],
  config: Readonly<Record<string, unknown>>,
): Version {
  const templates = templatesOf(objects);
  const hasPods = Object.keys(templates).length > 0;
  const made = Object.fromEntries(objects.map((object) => [identityOf(object), object]));
  return `v${shortDigest({ templates: hasPods ? templates : made, config })}`;
}

/** Put the version on every pod template. */
export const labelPods = (objects: readonly KubeObject[], version: Version): readonly KubeObject[] =>
  objects.map((object) =>
    mapTemplate(object, (template) => {
      const metadata = (template['metadata'] ?? {}) as Json;
      const labels = { ...(metadata['labels'] as Json | undefined), [VERSION_LABEL]: version };
      return { ...template, metadata: { ...metadata, labels } };
    }),
  );

/** Put the version where {@link VERSION_PENDING} stands for it. */
export function settleVersion<T>(value: T, version: Version): T {
  const visit = (item: unknown): unknown => {
    if (typeof item === 'string') return item === VERSION_PENDING ? version : item;
    if (Array.isArray(item)) return item.map(visit);
    if (!isJson(item)) return item;
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, visit(inner)]));
  };
  return visit(value) as T;
}

/** Let pods pull their images with these secrets, unless they name some themselves. */
export function addPullSecrets(
  objects: readonly KubeObject[],
  secrets: readonly string[],
): readonly KubeObject[] {
  if (secrets.length === 0) return objects;
  const imagePullSecrets = secrets.map((name) => ({ name }));
  return objects.map((object) =>
    mapTemplate(object, (template) => ({
      ...template,
      spec: { imagePullSecrets, ...(template['spec'] as Json) },
    })),
  );
}
