import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { findJsonError } from '../src/fleet/json-error.ts';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

test('what JSON.stringify writes is JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2, '\t'), (value, indent) => {
      expect(findJsonError(JSON.stringify(value, null, indent))).toBeUndefined();
    }),
  );
});

test('a text with one character changed is JSON exactly when JSON.parse takes it', () => {
  const character = fc.constantFrom(...Array.from('{}[],:"\\0.-eE+tnu\u0001 \n'));
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(), character, (value, place, other) => {
      const text = JSON.stringify(value);
      const index = place % text.length;
      for (const changed of [
        text.slice(0, index) + other + text.slice(index + 1),
        text.slice(0, index) + text.slice(index + 1),
        text.slice(0, index) + other + text.slice(index),
      ]) {
        expect([changed, findJsonError(changed) === undefined]).toEqual([changed, isJson(changed)]);
      }
    }),
    { numRuns: 2000 },
  );
});
