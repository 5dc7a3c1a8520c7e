import * as fc from 'fast-check';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { toYaml } from '../src/synth/yaml.ts';

// This reader merges under the key "<<" even where it is quoted; Kubernetes' own does not.
const isKey = (key: string): boolean => key !== '<<' && key !== '__proto__';
const read = (text: string): unknown => parse(text, { version: '1.1' });

const WORDS =
  '0042 42 on On yes Y n no off 1e3 1.5e3 ~ null Null NULL 2001-01-01 2001-1-1T1:2:3 0x10 0o17 017 0b11 1_000 -_1 +1 -1 .5 ' +
  '5. .inf -.inf .nan 1:30 190:20:30 = << true False #a - ? !tag &a *a %a @a `a {a} [a] "a" | > ${X} $$ $(X) ' +
  "'a' --- ... 💡 é \\ a\\nb C:\\x 512Mi 500m 1.36 10m a:b a: :a";
const LINES = [
  'a\nb|a\nb\n|a\nb\n\n| a|a |\ta|a\t|a\r\nb|\n|\n\na| \na|a\n b\n|a\n \nb|a \nb|a: b|a #b|- a|--- a',
  'a\n---\nb|a\n...\n|\u2028|\u0085|\ufeffa|\u0000|a\u007f||2001-1-1 1:2:3|a\n\tb\n|\u00a0|a\nb\u00a0\n|#\na',
].flatMap((list) => list.split('|'));
const tricky = fc.constantFrom(...WORDS.split(' '), ...LINES);
const text = fc.oneof(
  tricky,
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.string({ unit: fc.constantFrom('\n', ' ', 'a', '\t', '#', ':', '-', '1') }),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(text.filter(isKey), tie('any'), { maxKeys: 4 }),
  ),
})).any;

test('what is written reads back the same in YAML 1.1', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('a', 'kind', 'on', '7'), value), (object) => {
      expect(read(toYaml(object))).toEqual(object);
    }),
    { numRuns: 3000 },
  );
});

test('what is written does not depend on the order of keys', () => {
  const a = {
    kind: 'K',
    apiVersion: 'v1',
    spec: { b: 1, a: [{ z: 1, y: 2 }] },
    metadata: { name: 'n' },
    10: 'x',
    9: 'y',
  };
  const b = {
    9: 'y',
    metadata: { name: 'n' },
    10: 'x',
    spec: { a: [{ y: 2, z: 1 }], b: 1 },
    apiVersion: 'v1',
    kind: 'K',
  };
  expect(toYaml(a)).toBe(toYaml(b));
});

describe('strings that another reader might take for something else', () => {
  test.each([
    ['0042', 'v: "0042"\n'],
    ['on', 'v: "on"\n'],
    ['y', 'v: "y"\n'],
    ['1e3', 'v: "1e3"\n'],
    ['0o17', 'v: "0o17"\n'],
    ['2001-01-01', 'v: "2001-01-01"\n'],
    ['1_000', 'v: "1_000"\n'],
    ['-_1', 'v: "-_1"\n'],
    ['1.36', 'v: "1.36"\n'],
    ['~', 'v: "~"\n'],
    ['512Mi', 'v: 512Mi\n'],
    ['500m', 'v: 500m\n'],
    ['${cluster}', 'v: ${cluster}\n'],
    ['a\n  b\n', 'v: |\n  a\n    b\n'],
    ['a\u2028b', 'v: "a\\u2028b"\n'],
  ])('%j', (string, written) => {
    expect(toYaml({ v: string })).toBe(written);
  });
});

test('a key that means merging keeps its quotes', () => {
  expect(toYaml({ '<<': 1 })).toBe('"<<": 1\n');
});

test('text that is not Unicode is refused', () => {
  expect(() => toYaml({ v: 'a\ud800' })).toThrow(/is not Unicode text/);
});
