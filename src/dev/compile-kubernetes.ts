// Compiles schemas/kubernetes/ and schemas/crds/ to dist/validators/kubernetes-*.js: one file for each minor with what
// `validate` checks of it, so that a run loads one text and parses it.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CompiledCustom, CompiledMinor, KindSchema, Schema } from '../check/schema-set.ts';
import { splitMinors, type Facts, type Minors } from './kubernetes-files.ts';

type Source = Readonly<Record<string, unknown>>;

/**
 * The structure of a JSON Schema as an API server serves it.
 * @param scope put before the names of definitions that it refers to
 */
export function structureOf(source: Source, scope = ''): Schema {
  const { $ref, type, properties, required, items, additionalProperties, nullable } = source;
  if (typeof $ref === 'string') {
    return { $ref: scope + $ref, ...filled(source) };
  }
  const inner = (value: unknown): Schema => structureOf(value as Source, scope);
  const isMap = typeof additionalProperties === 'object' && additionalProperties !== null;
  const isOpen =
    source['x-kubernetes-preserve-unknown-fields'] === true ||
    additionalProperties === true ||
    source['x-kubernetes-embedded-resource'] === true;
  return {
    ...typesOf(source),
    ...(typeof type === 'string' ? { type: type as NonNullable<Schema['type']> } : {}),
    ...(properties
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([key, value]) => [key, inner(value)]),
          ),
        }
      : {}),
    ...(required ? { required: required as readonly string[] } : {}),
    ...(Array.isArray(source['enum']) ? { enum: source['enum'] } : {}),
    ...(items ? { items: inner(items) } : {}),
    ...(isMap ? { values: inner(additionalProperties) } : {}),
    ...(isOpen ? { open: true } : {}),
    ...(nullable === true ? { nullable: true } : {}),
    ...filled(source),
  };
}

const filled = (source: Source): { filled?: true } => ('default' in source ? { filled: true } : {});

function typesOf(source: Source): { types?: readonly string[] } {
  if (source['x-kubernetes-int-or-string'] === true) return { types: ['integer', 'string'] };
  const { oneOf } = source;
  if (!Array.isArray(oneOf)) return {};
  return {
    types: oneOf.flatMap((choice: Source) => (typeof choice['type'] === 'string' ? [choice['type']] : [])),
  };
}

/** The file of one minor. */
export function compileMinor(minor: string, all: Minors): CompiledMinor {
  const { kinds, definitions }: Facts = all.get(minor)!;
  const others = [...all].filter(([other]) => other !== minor);
  const elsewhere: Record<string, string[]> = {};
  for (const [other, facts] of others) {
    for (const key of Object.keys(facts.kinds)) if (!(key in kinds)) (elsewhere[key] ??= []).push(other);
  }
  return {
    minor,
    kinds: Object.fromEntries(
      Object.entries(kinds).map(([key, { schema, namespaced, warning }]): [string, KindSchema] => [
        key,
        { schema: { $ref: schema }, namespaced, ...(warning === undefined ? {} : { warning }) },
      ]),
    ),
    elsewhere,
    definitions: Object.fromEntries(
      Object.entries(definitions).map(([name, source]) => [name, structureOf(source)]),
    ),
  };
}

/** One file of `schemas/crds/`. */
interface CustomFile {
  readonly group: string;
  readonly version: string;
  readonly scope: string;
  readonly names: { readonly kind: string };
  readonly deprecated?: string | true;
  readonly schema: Source;
  readonly parts: Source;
}

/** The file of all custom resources. */
export function compileCustom(files: readonly CustomFile[]): CompiledCustom {
  const kinds: Record<string, KindSchema> = {};
  const definitions: Record<string, Schema> = {};
  for (const { group, version, scope, names, deprecated, schema, parts } of files) {
    const key = `${group}/${version} ${names.kind}`;
    kinds[key] = {
      schema: structureOf(schema, `${key} `),
      namespaced: scope === 'Namespaced',
      custom: true,
      ...(deprecated === undefined ? {} : { warning: deprecated === true ? 'is deprecated' : deprecated }),
    };
    for (const [name, part] of Object.entries(parts)) {
      definitions[`${key} ${name}`] = structureOf(part as Source, `${key} `);
    }
  }
  return { kinds, definitions };
}

const readJsonFiles = (folder: string): ReadonlyMap<string, Source> =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.json'))
      .toSorted()
      .map((name) => [
        name.slice(0, -'.json'.length),
        JSON.parse(readFileSync(join(folder, name), 'utf8')) as Source,
      ]),
  );

/** Parsing a text is faster than evaluating a literal. */
const asModule = (value: unknown): string =>
  `export default JSON.parse(${JSON.stringify(JSON.stringify(value))});\n`;

/**
 * Write the compiled files.
 * @param root of the project, with a trailing slash
 */
export function compileKubernetes(root: string): void {
  const all = splitMinors(readJsonFiles(`${root}schemas/kubernetes`));
  const target = `${root}dist/validators/kubernetes-`;
  for (const minor of all.keys()) writeFileSync(`${target}${minor}.js`, asModule(compileMinor(minor, all)));
  const custom = [...readJsonFiles(`${root}schemas/crds`).values()] as unknown as readonly CustomFile[];
  const isFlux = ({ group }: CustomFile): boolean => group.endsWith('.toolkit.fluxcd.io');
  writeFileSync(`${target}flux.js`, asModule(compileCustom(custom.filter(isFlux))));
  writeFileSync(`${target}custom.js`, asModule(compileCustom(custom.filter((file) => !isFlux(file)))));
}
