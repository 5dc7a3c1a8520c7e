import { expect, test } from 'vitest';
import { checkFiles } from '../src/check/check.ts';
import { rules } from '../src/rules/index.ts';

/** A few rules, so that these tests are about the engine. */
const few = rules.filter(({ id }) =>
  ['image-digest', 'memory-set', 'yaml-object', 'yaml-syntax'].includes(id),
);

/** What a person would read of a report, one line a finding. */
async function check(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const given = Object.entries(files).map(([file, text]) => ({ file, text }));
  const { findings } = await checkFiles(given, { rules: few });
  return findings.map(({ locations, rule, object = '-', message }) => {
    const at = locations.map(({ file, line, column }) => `${file}:${line}:${column}`).join(' ');
    return `${at} ${rule} ${object}: ${message}`;
  });
}

const POD = `apiVersion: v1
kind: Pod
metadata:
  name: one
spec:
  containers:
    - name: a
      image: a:1
      resources: { limits: { memory: 1Gi } }
`;

test('a finding names file, line and column in the right document of the file', async () => {
  expect(await check({ 'two.yaml': `# a comment alone\n---\n${POD}---\n${POD}` })).toMatchInlineSnapshot(`
    [
      "two.yaml:10:7 two.yaml:20:7 image-digest Pod/one: container "a" names image a:1 without a digest",
    ]
  `);
});

test('the same mistake in two files is one finding with two locations', async () => {
  expect(await check({ 'a.yaml': POD, 'b.yaml': POD })).toMatchInlineSnapshot(`
    [
      "a.yaml:8:7 b.yaml:8:7 image-digest Pod/one: container "a" names image a:1 without a digest",
    ]
  `);
});

test('what cannot be read is a finding at its line and column', async () => {
  expect(
    await check({
      'broken.yaml': 'a: [1, 2\nb: 3\n',
      'empty.yaml': '# nothing\n',
      'list.yaml': '- 1\n',
      'twice.yaml': `${POD}kind: Pod\n`,
      'unnamed.yaml': 'apiVersion: v1\nkind: Pod\n---\nkind: Pod\n',
      'alias.yaml': 'a: *b\n',
    }),
  ).toMatchInlineSnapshot(`
    [
      "empty.yaml:1:1 yaml-object -: file holds no object",
      "list.yaml:1:1 yaml-object -: document is no object but a list",
      "unnamed.yaml:1:1 yaml-object -: Pod has no metadata.name",
      "unnamed.yaml:4:1 yaml-object -: document has no apiVersion",
      "alias.yaml:1:1 yaml-syntax -: unresolved alias (the anchor must be set before the alias): b",
      "broken.yaml:2:1 yaml-syntax -: flow sequence in block collection must be sufficiently indented and end with a ]",
      "twice.yaml:10:1 yaml-syntax -: the same key stands twice in one mapping",
    ]
  `);
});

test('JSON and Lists are read like YAML', async () => {
  const pod =
    '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"one"},\n\t"spec":{"containers":[{"name":"a"}]}}';
  expect(
    await check({
      'pod.json': pod,
      'list.json': `{"apiVersion": "v1", "kind": "List", "items": [\n\t${pod.replace('one', 'two')}\n]}`,
    }),
  ).toMatchInlineSnapshot(`
    [
      "pod.json:2:24 image-digest Pod/one: container "a" has no image",
      "list.json:3:24 image-digest Pod/two: container "a" has no image",
      "pod.json:2:24 memory-set Pod/one: container "a" has neither memory request nor memory limit",
      "list.json:3:24 memory-set Pod/two: container "a" has neither memory request nor memory limit",
    ]
  `);
});
