import { isDeepStrictEqual } from 'node:util';
import { parseDocument } from 'yaml';
import type { KubeObject } from '../synth/manifests.ts';

/** A field that differs. */
export interface FieldChange {
  /** JSON Pointer (RFC 6901) into the object as it will be, or as it was where the field goes. */
  readonly path: string;
  /** Absent where the field is new. */
  readonly before?: unknown;
  /** Absent where the field goes. */
  readonly after?: unknown;
}

/** What becomes of an object, as Flux would say it. */
export interface ObjectChange {
  /** `Kind/namespace/name`. */
  readonly object: string;
  readonly change: 'created' | 'configured' | 'unchanged' | 'deleted';
  /** Path of its file from the release's folder. */
  readonly file: string;
  /** In the order of the object's fields; only where it is configured. */
  readonly fields: readonly FieldChange[];
}

export interface FiledObject {
  /** Path from the release's folder. */
  readonly file: string;
  readonly object: KubeObject;
}

const parsed = new WeakMap<ReadonlyMap<string, string>, readonly FiledObject[]>();

/** The objects of a release, without the files that only kustomize reads. Parsed once. */
export function objectsOf(files: ReadonlyMap<string, string>): readonly FiledObject[] {
  const known = parsed.get(files);
  if (known !== undefined) return known;
  const objects = [...files]
    .filter(([file]) => file.endsWith('.yaml') && !file.endsWith('/kustomization.yaml'))
    .map(([file, text]) => ({ file, object: parseDocument(text, { version: '1.1' }).toJS() as KubeObject }));
  parsed.set(files, objects);
  return objects;
}

/**
 * Compare two sets of objects. A ConfigMap that is named by its digest is the same object under another name: what
 * changed in it is what people look for.
 *
 * @returns in the order of `after`, then what is deleted in the order of `before`
 */
export function diffObjects(
  before: readonly FiledObject[],
  after: readonly FiledObject[],
): readonly ObjectChange[] {
  const old = new Map(before.map((filed) => [keyOf(filed), filed]));
  const changes = after.map((filed): ObjectChange => {
    const was = old.get(keyOf(filed));
    old.delete(keyOf(filed));
    const object = nameOf(filed.object);
    if (was === undefined) return { object, change: 'created', file: filed.file, fields: [] };
    const fields = [...diffFields(was.object, filed.object, '')];
    return { object, change: fields.length === 0 ? 'unchanged' : 'configured', file: filed.file, fields };
  });
  const deleted = [...old.values()].map(({ file, object }): ObjectChange => ({
    object: nameOf(object),
    change: 'deleted',
    file,
    fields: [],
  }));
  return [...changes, ...deleted];
}

/** `Kind/namespace/name`, `Kind/name` for what has no namespace. */
const nameOf = ({ kind, metadata: { namespace, name } }: KubeObject): string =>
  [kind, ...(namespace === undefined ? [] : [namespace]), name].join('/');

function keyOf({ file, object }: FiledObject): string {
  const name = nameOf(object);
  const group = object.apiVersion.includes('/') ? object.apiVersion.replace(/\/.*/, '') : '';
  return `${group}/${file.startsWith('config/') ? name.replace(/-c[0-9a-f]{12}$/, '') : name}`;
}

/** The fields that differ, each as deep as both sides have something to compare. */
export function* diffFields(before: unknown, after: unknown, path: string): Generator<FieldChange> {
  if (isDeepStrictEqual(before, after)) return;
  if (Array.isArray(before) && Array.isArray(after)) yield* diffLists(before, after, path);
  else if (isRecord(before) && isRecord(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      yield* diffFields(before[key], after[key], `${path}/${escape(key)}`);
    }
  } else {
    yield {
      path,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    };
  }
}

/** Lists whose items have names, as containers and volumes have, are compared by name; others by place. */
function* diffLists(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
): Generator<FieldChange> {
  const key = LIST_KEYS.find((key) => isKeyedBy(before, key) && isKeyedBy(after, key));
  if (key === undefined) {
    for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
      yield* diffFields(before[index], after[index], `${path}/${index}`);
    }
    return;
  }
  const old = new Map(before.map((item, index) => [(item as Record<string, unknown>)[key], { item, index }]));
  for (const [index, item] of after.entries()) {
    const id = (item as Record<string, unknown>)[key];
    yield* diffFields(old.get(id)?.item, item, `${path}/${index}`);
    old.delete(id);
  }
  for (const { item, index } of old.values()) yield* diffFields(item, undefined, `${path}/${index}`);
}

/** By what Kubernetes itself merges lists, in the order in which they are tried. */
const LIST_KEYS = ['mountPath', 'containerPort', 'name'] as const;

const isKeyedBy = (items: readonly unknown[], key: string): boolean =>
  items.length > 0 &&
  items.every((item) => isRecord(item) && item[key] !== undefined) &&
  new Set(items.map((item) => (item as Record<string, unknown>)[key])).size === items.length;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const escape = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
