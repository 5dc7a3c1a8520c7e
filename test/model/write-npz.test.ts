import { assert, constantFrom, float, array, property, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { readNpz } from '../../src/model/npz.ts';
import { npzBytes } from '../../src/model/write-npz.ts';

test('arrays are read as they were written, packed or not', () => {
  const floats = array(float({ noNaN: true }), { maxLength: 40 }).map((values) => Float32Array.from(values));
  assert(
    property(floats, uint8Array({ maxLength: 40 }), constantFrom(true, false), (x, y, packed) => {
      const arrays = { x: { shape: [x.length, 1], values: x }, y: { shape: [y.length], values: y } };
      expect(readNpz(npzBytes(arrays, packed), 'made here')).toEqual(arrays);
    }),
  );
});

test('the same arrays have the same bytes', () => {
  const arrays = { x: { shape: [2], values: Uint8Array.of(1, 2) } };
  expect(Buffer.compare(npzBytes(arrays, false), npzBytes(arrays, false))).toBe(0);
});
