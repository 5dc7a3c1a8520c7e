import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonSource } from '../../src/model/serve/json-source.ts';
import { Refusal } from '../../src/model/serve/refusal.ts';

const source = (text: string): JsonSource => new JsonSource(Buffer.from(text));

/** What a source holds, as a value of JavaScript. */
function valueOf(json: JsonSource, at: number): unknown {
  switch (json.kind(at)) {
    case 'Object':
      return Object.fromEntries([...json.members(at)].map(([name, value]) => [name, valueOf(json, value)]));
    case 'Array': {
      const values: unknown[] = [];
      for (let item = json.first(at); item !== undefined; item = json.next(json.end(item)))
        values.push(valueOf(json, item));
      return values;
    }
    case 'String':
      return json.string(at);
    case 'Number':
      return json.number(at);
    case 'True':
      return true;
    case 'False':
      return false;
    case 'Null':
    default:
      return null;
  }
}

/** What both say of a text: its value, or that it is not well formed. */
function read(text: string, by: (text: string) => unknown): unknown {
  try {
    return { value: by(text) };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Refusal) return 'malformed';
    throw error;
  }
}

const ours = (text: string): unknown => {
  const json = source(text);
  return valueOf(json, json.root);
};

test('reads every document as JSON.parse does', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.constantFrom(0, 1, 2), (text, indent) => {
      const document = JSON.stringify(JSON.parse(text), undefined, indent);
      expect(ours(document)).toEqual(JSON.parse(document));
    }),
    { numRuns: 2000 },
  );
});

test('reads every number to the bit, and refuses what is none', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
        fc.float({ noNaN: true, noDefaultInfinity: true }).map(String),
        fc.stringMatching(/^-?\d{0,20}(\.\d{0,20})?([eE][+-]?\d{0,3})?$/),
        fc.stringMatching(/^[-+0-9.eE]{0,8}$/),
      ),
      (text) => {
        const theirs = read(text, JSON.parse);
        const infinite = JSON.stringify(theirs) === '{"value":null}';
        expect(read(text, ours)).toEqual(infinite ? 'malformed' : theirs);
      },
    ),
    { numRuns: 5000 },
  );
});

test('agrees with JSON.parse on what a flipped, cut or doubled byte makes of a document', () => {
  const document =
    '{"signature_name": "", "instances": [[1, -2.5e3, 0.1], [true, null, "a\\u00e9\\n"]], "x": {}}';
  fc.assert(
    fc.property(
      fc.nat(document.length - 1),
      fc.constantFrom(...Array.from('{}[]",:0-.eE\\ntf \u0001')),
      fc.nat(2),
      (at, byte, how) => {
        const text =
          how === 0
            ? document.slice(0, at) + byte + document.slice(at + 1)
            : how === 1
              ? document.slice(0, at) + document.slice(at + 1)
              : document.slice(0, at) + byte + document.slice(at);
        // Of members with one name we take the first, as TensorFlow Serving does, JSON.parse the last.
        const distinct = new Set(text.match(/"\w*":/g)).size === 3;
        const shown = (found: unknown): unknown => (distinct ? found : found === 'malformed');
        expect(shown(read(text, ours))).toEqual(shown(read(text, (all) => JSON.parse(all) as unknown)));
      },
    ),
    { numRuns: 5000 },
  );
});

describe('refuses in the words of RapidJSON, with the offset', () => {
  test.each([
    ['', 'The document is empty. at offset: 0'],
    ['  ', 'The document is empty. at offset: 2'],
    ['{} x', 'The document root must not be followed by other values. at offset: 3'],
    ['{a: 1}', 'Missing a name for object member. at offset: 1'],
    ['{"a" 1}', 'Missing a colon after a name of object member. at offset: 5'],
    ['{"a": 1 "b"}', 'Missing a comma or } after an object member. at offset: 8'],
    ['[1 2]', 'Missing a comma or ] after an array element. at offset: 3'],
    ['[1, ]', 'Invalid value. at offset: 4'],
    ['[01]', 'Invalid value. at offset: 1'],
    ['["a', 'Missing a closing quotation mark in string. at offset: 1'],
    ['["\\x"]', 'Invalid escape character in string. at offset: 3'],
    ['["\\u12g4"]', 'Incorrect hex digit after \\u escape in string. at offset: 3'],
    ['[1e999]', 'Number too big to be stored in double. at offset: 1'],
    ['['.repeat(100_000), 'Nested deeper than 64 levels. at offset: 64'],
    [`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`, 'Nested deeper than 64 levels. at offset: 320'],
  ])('%#', (text, message) => {
    expect(() => source(text)).toThrow(new Refusal('INVALID_ARGUMENT', `JSON Parse error: ${message}`));
  });
});

test('takes NaN and infinity, which JSON does not have', () => {
  expect(ours('[NaN, Infinity, -Infinity, Inf, -Inf]')).toEqual([
    NaN,
    Infinity,
    -Infinity,
    Infinity,
    -Infinity,
  ]);
});
