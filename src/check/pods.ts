// Where pods stand in objects: the one place that knows which kinds carry a pod template.

import type { KubeObject, PlacedObject } from '../synth/manifests.ts';
import { asList, asRecord, asText, step, within, type Json } from './json.ts';

/** A pod, or what pods are made from. */
export interface PodTemplate {
  readonly placed: PlacedObject;
  /** Pointer to what holds the pod's `metadata` and `spec`: empty for a Pod itself. */
  readonly path: string;
  readonly labels: Json;
  readonly spec: Json;
}

export interface Container {
  /** `sidecar`: an init container that keeps running (`restartPolicy: Always`). */
  readonly role: 'app' | 'init' | 'sidecar';
  readonly name: string;
  /** Pointer into the object. */
  readonly path: string;
  readonly spec: Json;
}

const PLACES = [
  ['spec', 'template'],
  ['spec', 'jobTemplate', 'spec', 'template'],
] as const;

/** The pod template of an object, by shape rather than by kind, so that kinds of operators count as well. */
export function podTemplateOf(placed: PlacedObject): PodTemplate | undefined {
  const { object } = placed;
  for (const keys of object.kind === 'Pod' ? [[]] : PLACES) {
    const template = asRecord(within(object, ...keys));
    const spec = asRecord(template['spec']);
    if (!Array.isArray(spec['containers'])) continue;
    const labels = asRecord(within(template, 'metadata', 'labels'));
    return { placed, path: keys.map(step).join(''), labels, spec };
  }
  return undefined;
}

/** The pod templates among objects, in their order. */
export const podTemplates = (objects: readonly PlacedObject[]): readonly PodTemplate[] =>
  objects.flatMap((placed) => podTemplateOf(placed) ?? []);

/** All containers of a pod: init containers and sidecars in the order in which they start, then the others. */
export function containersOf({ path, spec }: Pick<PodTemplate, 'path' | 'spec'>): readonly Container[] {
  const read = (field: string, roleOf: (container: Json) => Container['role']): Container[] =>
    asList(spec[field]).map((value, index) => {
      const container = asRecord(value);
      const name = asText(container['name']) ?? `#${index}`;
      return { role: roleOf(container), name, path: `${path}/spec/${field}/${index}`, spec: container };
    });
  return [
    ...read('initContainers', ({ restartPolicy }) => (restartPolicy === 'Always' ? 'sidecar' : 'init')),
    ...read('containers', () => 'app'),
  ];
}

/** What a container is called in messages. */
export const nameOf = ({ role, name }: Container): string =>
  `${{ app: 'container', init: 'init container', sidecar: 'sidecar' }[role]} "${name}"`;

/** `Kind/namespace/name`, without the namespace where there is none. */
export function subjectOf({ kind, metadata }: KubeObject): string {
  const name = asText(metadata.name) ?? `${asText(metadata['generateName']) ?? ''}*`;
  return [kind, ...(metadata.namespace === undefined ? [] : [metadata.namespace]), name].join('/');
}
