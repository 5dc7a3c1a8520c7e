// Writes schemas/*.schema.json from the TypeScript types: `node dist/dev/schemas.js`; with `--check`, compares only.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  createFormatter,
  createParser,
  createProgram,
  DEFAULT_CONFIG,
  SchemaGenerator,
  type Schema,
  type SubNodeParser,
} from 'ts-json-schema-generator';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** File in schemas/ → where its type stands. */
export const SCHEMAS: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  'evidence.schema.json': { file: 'src/gate/evidence.ts', type: 'Evidence' },
  'fleet.schema.json': { file: 'src/fleet/definition.ts', type: 'FleetDefinition' },
  'record.schema.json': { file: 'src/gate/record.ts', type: 'GateRecord' },
  'plan.schema.json': { file: 'src/plan/plan.ts', type: 'PlanFile' },
};

/** The generator does not know TypeScript's `NoInfer`, which only steers inference: the type is its argument. */
const noInfer: SubNodeParser = {
  supportsNode: (node) => node.getText() === 'intrinsic' && node.parent.getText().startsWith('type NoInfer<'),
  createType: (_node, context) => context.getArguments()[0]!,
};

/** The generator's names for instances of generics contain positions in TypeScript's own files: make them plain. */
const plainName = (name: string): string =>
  decodeURIComponent(name)
    .replaceAll(/alias-[\d-]+/g, '')
    .replaceAll(/\b(string|number)\b|[^A-Za-z0-9]/g, '');

/** `{@link name}` and the generator's own spacing make poor reading in an editor's tooltip. */
const plainText = (text: string): string =>
  text
    .replaceAll(/\{@link\s+(\S+?)\s*\}/g, '`$1`')
    .replaceAll(/ {2,}/g, ' ')
    .replaceAll('` .', '`.');

/** By what a validator sees that the second branch of a union is meant. */
function testFor({ $ref = '', type }: Schema): Schema | undefined {
  if ($ref.includes('/ByClass')) return { type: 'object', required: ['byClass'] };
  if ($ref.endsWith('/HumanGate'))
    return { type: 'object', required: ['by'], properties: { by: { const: 'human' } } };
  return type === 'array' ? { type: 'array' } : undefined;
}

/**
 * Says which branch of a union is meant, so that a validator's complaints are about that branch alone: a value per
 * class by its property, an inventory by its being an array, a gate by who decides.
 */
function decide(branches: readonly Schema[]): Schema | undefined {
  const [first, second] = branches;
  if (first === undefined || second === undefined || branches.length !== 2) return undefined;
  const test = testFor(second);
  if (test === undefined) return undefined;
  // oxlint-disable-next-line unicorn/no-thenable -- JSON schema's word
  return { if: test, then: second, else: first };
}

function tidy(schema: Schema): Schema {
  const clean = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, inner]): readonly [string, unknown] => {
      if (key === '$ref') return [key, String(inner).replace(/[^/]+$/, plainName)];
      // Without a kind neither branch is meant: that it is missing is complaint enough.
      if (key === 'if') return [key, { ...(inner as Schema), required: ['kind'] }];
      if (key === 'description' && typeof inner === 'string') return [key, plainText(inner)];
      return [key, clean(inner)];
    });
    const { anyOf, ...rest } = Object.fromEntries(entries) as { readonly anyOf?: readonly Schema[] };
    return anyOf === undefined ? rest : { ...rest, ...(decide(anyOf) ?? { anyOf }) };
  };
  const definitions = Object.entries(schema.definitions ?? {}).map(
    ([name, body]) => [plainName(name), clean(body)] as const,
  );
  const names = new Set(definitions.map(([name]) => name));
  if (names.size < definitions.length) throw new Error('two definitions get one plain name');
  return {
    ...(clean({ ...schema, definitions: {} }) as Schema),
    definitions: Object.fromEntries(definitions.toSorted(([a], [b]) => (a < b ? -1 : 1))) as Schema,
  } as Schema;
}

/**
 * The schema of one type, as text.
 * @param name a key of {@link SCHEMAS}
 */
export function generateSchema(name: string): string {
  const { file, type } = SCHEMAS[name]!;
  const config = {
    ...DEFAULT_CONFIG,
    path: `${root}${file}`,
    tsconfig: `${root}tsconfig.json`,
    type,
    skipTypeCheck: true,
    discriminatorType: 'json-schema' as const,
  };
  const program = createProgram(config);
  const parser = createParser(program, config, (chain) => chain.addNodeParser(noInfer));
  const schema = new SchemaGenerator(program, parser, createFormatter(config), config).createSchema(type);
  return `${JSON.stringify({ $comment: `Generated from ${file}. Do not edit.`, ...tidy(schema) }, null, 2)}\n`;
}

function main(check: boolean): void {
  mkdirSync(`${root}schemas`, { recursive: true });
  for (const name of Object.keys(SCHEMAS)) {
    const path = `${root}schemas/${name}`;
    const text = generateSchema(name);
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    if (check) {
      process.stderr.write(`error: schemas/${name} is stale\n  fix: npm run generate\n`);
      process.exitCode = 1;
    } else writeFileSync(path, text);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.includes('--check'));
