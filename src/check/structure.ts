// Holds an object against the structure that the API server serves for its kind, as its strict field validation does.

import { nearest } from '../fleet/nearest.ts';
import type { KubeObject } from '../synth/manifests.ts';
import { step } from './json.ts';
import type { KindSchema, Schema, SchemaSet } from './schema-set.ts';

/** One way in which an object differs from its schema. */
export type Problem = { readonly path: string } & (
  | { readonly is: 'unknown'; readonly field: string; readonly near: string | undefined }
  | { readonly is: 'type'; readonly value: unknown; readonly wanted: readonly string[] }
  | { readonly is: 'missing'; readonly field: string }
  | { readonly is: 'choice'; readonly value: unknown; readonly choices: readonly unknown[] }
);

const OBJECT_META = 'meta.v1.ObjectMeta';

/** What every object has beside what its own schema says. */
const OBJECT: Schema = {
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { $ref: OBJECT_META },
  },
};

/** How an object differs from the schema of its kind, in the order of its fields. */
export function structureProblems(
  object: KubeObject,
  kind: KindSchema,
  schemas: SchemaSet,
): readonly Problem[] {
  const problems: Problem[] = [];
  const schema = kind.custom
    ? { ...kind.schema, properties: { ...kind.schema.properties, ...OBJECT.properties } }
    : resolve(kind.schema, schemas);
  look(object, schema, '', { schemas, custom: kind.custom ?? false, problems });
  return problems;
}

interface Walk {
  readonly schemas: SchemaSet;
  readonly custom: boolean;
  readonly problems: Problem[];
}

const resolve = (schema: Schema, schemas: SchemaSet): Schema =>
  schema.$ref === undefined ? schema : schemas.definition(schema.$ref);

function look(value: unknown, written: Schema, path: string, walk: Walk): void {
  const schema = resolve(written, walk.schemas);
  // Built-in kinds take null for "not given"; custom resources only where their schema says so, or has a default.
  if (value === null && (!walk.custom || schema.nullable || written.filled)) return;
  const wanted = schema.types ?? (schema.type === undefined ? [] : [schema.type]);
  if (wanted.length > 0 && !wanted.some((type) => isOf(value, type))) {
    walk.problems.push({ is: 'type', path, value, wanted });
    return;
  }
  if (schema.enum && !schema.enum.includes(value) && !(value === '' && !walk.custom)) {
    walk.problems.push({ is: 'choice', path, value, choices: schema.enum });
    return;
  }
  if (Array.isArray(value)) {
    if (schema.items)
      for (const [index, item] of value.entries()) look(item, schema.items, path + step(index), walk);
  } else if (typeof value === 'object' && value !== null) lookInto(value, schema, path, walk);
}

function lookInto(value: object, schema: Schema, path: string, walk: Walk): void {
  const { properties = {}, required = [], values, open } = schema;
  for (const [key, item] of Object.entries(value)) {
    const known = Object.hasOwn(properties, key) ? properties[key] : values;
    // Metadata is built in, whatever the kind.
    const inner = known?.$ref === OBJECT_META ? { ...walk, custom: false } : walk;
    if (known) look(item, known, path + step(key), inner);
    else if (!open && schema.properties) {
      const near = nearest(key, Object.keys(properties));
      walk.problems.push({ is: 'unknown', path: path + step(key), field: key, near });
    }
  }
  for (const field of required) {
    if (Object.hasOwn(value, field) || properties[field]?.filled) continue;
    walk.problems.push({ is: 'missing', path, field });
  }
}

function isOf(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    default:
      return typeof value === type;
  }
}
