import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { generateSchema, SCHEMAS } from '../src/dev/schemas.ts';

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** What the generator understands, and what only readers do. It passes over any other tag without a word. */
const TAGS = new Set([
  'asType',
  'default',
  'discriminator',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'hidden',
  'maximum',
  'maxLength',
  'minimum',
  'minItems',
  'minLength',
  'pattern',
]);

const ALL = /\/\*\*(?:(?!\*\/)[\s\S])*\*\//g;

test.each([
  ['fleet/class-spec.ts', ALL],
  ['fleet/delivery-spec.ts', ALL],
  ['fleet/model-spec.ts', ALL],
  ['fleet/rollout-spec.ts', ALL],
  ['fleet/spec.ts', ALL],
  ['fleet/suppression.ts', ALL],
  ['fleet/units.ts', /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\nexport type/g],
  ['fleet/workload-spec.ts', ALL],
  ['plan/plan.ts', ALL],
])('the types of %s have only tags that mean something', (file, comments) => {
  const text =
    readFileSync(at(`src/${file}`), 'utf8')
      .match(comments)
      ?.join('\n') ?? '';
  const tags = Array.from(text.matchAll(/^[\s/*]*@(\w+)/gm), ([, tag]) => tag!);
  expect(tags.filter((tag) => !TAGS.has(tag) && tag !== 'returns')).toEqual([]);
  expect(text).not.toBe('');
});

test.each(Object.keys(SCHEMAS))('%s is what the types say', (name) => {
  expect(generateSchema(name)).toBe(readFileSync(at(`schemas/${name}`), 'utf8'));
});

test.each(Object.keys(SCHEMAS))('every object of %s says whether it may hold more', (name) => {
  const open: string[] = [];
  const look = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    const { type, properties, additionalProperties, allOf } = value as Readonly<Record<string, unknown>>;
    const isTest = path.endsWith('/if');
    if (type === 'object' && !isTest && additionalProperties === undefined && allOf === undefined)
      open.push(path);
    if (properties !== undefined && !isTest && additionalProperties === undefined && allOf === undefined)
      open.push(path);
    for (const [key, inner] of Object.entries(value)) look(inner, `${path}/${key}`);
  };
  look(JSON.parse(readFileSync(at(`schemas/${name}`), 'utf8')), '');
  expect(open).toEqual([]);
});

test('names of definitions hold nothing of the generator', () => {
  const schema = JSON.parse(readFileSync(at('schemas/fleet.schema.json'), 'utf8')) as {
    readonly definitions: object;
  };
  expect(Object.keys(schema.definitions).filter((name) => !/^[A-Z][A-Za-z0-9]*$/.test(name))).toEqual([]);
});
