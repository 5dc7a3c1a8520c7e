import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readYaml } from '../src/check/read-yaml.ts';
import { loadPositions } from '../src/check/positions.ts';
import { toYaml } from '../src/synth/index.ts';

const HEAD = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';

/** What the API server would see under `data`. */
async function data(text: string): Promise<unknown> {
  const { objects, problems } = await readYaml('a.yaml', `${HEAD}data:\n${text}`);
  return problems.length > 0 ? problems.map(({ message }) => message) : objects[0]?.object['data'];
}

test.each([
  ['yes', true],
  ['n', false],
  ['On', true],
  ['0644', 420],
  ['0o17', 15],
  ['1_000', 1000],
  ['0x1F', 31],
  ['1e3', 1000],
  ['~', null],
  ['12:30:45', '12:30:45'],
  ['2026-11-25', '2026-11-25'],
  ["'yes'", 'yes'],
  ['0.5.1', '0.5.1'],
  ['!!binary aGk=', 'aGk='],
])('the scalar %s is read as go-yaml reads it', async (text, value) => {
  expect(await data(`  a: ${text}\n`)).toEqual({ a: value });
});

test('merge keys are merged, the own key wins', async () => {
  expect(await data('  b: &b {one: 1, two: 2}\n  c: {<<: *b, two: 3}\n')).toEqual({
    b: { one: 1, two: 2 },
    c: { one: 1, two: 3 },
  });
});

test('aliases that expand without end are a finding, not a hang', async () => {
  const levels = Array.from({ length: 12 }, (_, i) => `  l${i}: &l${i} [${`*l${i - 1},`.repeat(9)}]`).slice(
    1,
  );
  const [first] = (await data(`  l0: &l0 [x]\n${levels.join('\n')}\n`)) as string[];
  expect(first).toMatchInlineSnapshot(`"excessive alias count indicates a resource exhaustion attack"`);
});

test('what kustomize reads is told apart from what the API server reads', async () => {
  const text = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n';
  expect((await readYaml('kustomization.yaml', text)).problems).toMatchInlineSnapshot(`
    [
      {
        "kind": "foreign",
        "message": "Kustomization is read by kustomize, not by the API server",
        "position": {
          "column": 1,
          "line": 1,
        },
      },
    ]
  `);
});

test('a document that declares another version of YAML is refused, as the API server does', async () => {
  const { objects, problems } = await readYaml('a.yaml', `%YAML 1.2\n---\n${HEAD}`);
  expect(objects).toEqual([]);
  expect(problems.map(({ message }) => message)).toEqual([
    'document declares YAML 1.2, and the API server reads 1.1 only',
  ]);
});

test('no text makes the reader throw', async () => {
  const piece = fc.oneof(
    fc.constantFrom(
      HEAD,
      '---\n',
      '...\n',
      '- ',
      ': ',
      '&a ',
      '*a',
      '<<: ',
      '{',
      '}',
      '[',
      ']',
      '|\n',
      '>-\n',
      '"',
      "'",
      '!!x ',
      '%YAML 1.2\n',
      '\t',
      '\n',
      '  ',
      '#',
      '\u0000',
      '﻿',
    ),
    fc.string(),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const { objects, problems } = await readYaml('a.yaml', pieces.join(''));
      expect(objects.length + problems.length).toBeGreaterThan(0);
      for (const { position } of problems)
        expect(Math.min(position.line, position.column)).toBeGreaterThan(0);
    }),
    { numRuns: 300 },
  );
});

test('what we write is read back as it was, and every place in it is found', async () => {
  const find = await loadPositions();
  // By way of JSON, which has no negative zero.
  const value = fc.json({ maxDepth: 3 }).map((text): unknown => JSON.parse(text));
  await fc.assert(
    fc.asyncProperty(value, async (value) => {
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { x: value } };
      const text = toYaml(object);
      const { objects, problems } = await readYaml('a.yaml', text);
      expect(problems).toEqual([]);
      expect(objects[0]!.object).toEqual(object);
      const line = text.split('\n').findIndex((line) => line === 'data:') + 1;
      expect(find(text, 0, '/data')).toEqual({ line, column: 1 });
      expect(find(text, 0, '/data/missing/0')).toEqual({ line, column: 1 });
      expect(find(text, 0, '/data/x')).toEqual({ line: line + 1, column: 3 });
    }),
    { numRuns: 150 },
  );
});

test.each([
  'groups: [{ name: a, rules: [{ record: b, expr: vector(1) }] }]\n',
  'rule_files: [rules.yaml]\ntests: []\n',
])('what Prometheus or promtool read is told apart: %s', async (text) => {
  const { problems } = await readYaml('rules.yaml', text);
  expect(problems.map(({ kind, message }) => [kind, message])).toEqual([
    ['foreign', 'rules without apiVersion and kind are read by Prometheus or promtool'],
  ]);
});

test('a document that only has something called groups is no object, and said to be none', async () => {
  const { problems } = await readYaml('a.yaml', 'groups: [a, b]\n');
  expect(problems.map(({ kind }) => kind)).toEqual(['object']);
});
