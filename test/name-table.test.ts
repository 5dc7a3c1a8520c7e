import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { NameTable } from '../src/fleet/name-table.ts';

const nameOf = (line: number): string => `site-${line}-${(line * 7919).toString(36)}`;

test('a table finds what a map finds', () => {
  const names = fc.array(fc.stringMatching(/^[a-c]{1,4}$/), { maxLength: 300 });
  fc.assert(
    fc.property(names, (added) => {
      const table = new NameTable();
      const first = new Map<string, number>();
      for (const [index, name] of added.entries()) {
        const line = index + 1;
        expect(table.add(name, line, (earlier) => added[earlier - 1] === name)).toBe(first.get(name));
        if (!first.has(name)) first.set(name, line);
      }
    }),
  );
});

test('names that share a hash are told apart', () => {
  const table = new NameTable();
  const name = 'site-1';
  // As another name with the same hash would be: who is asked says that line 1 holds another.
  expect(table.add(name, 1, () => false)).toBeUndefined();
  expect(table.add(name, 2, (earlier) => earlier === 2)).toBeUndefined();
  expect(table.add(name, 3, (earlier) => earlier === 2)).toBe(2);
});

test('among 200,000 names none is asked about, and each is found again', () => {
  const table = new NameTable();
  let asked = 0;
  for (let line = 1; line <= 200_000; line++) {
    table.add(nameOf(line), line, () => {
      asked += 1;
      return false;
    });
  }
  expect(asked).toBe(0);
  const wrong = Array.from({ length: 2000 }, (_, index) => 1 + index * 100).filter(
    (line) => table.add(nameOf(line), 999_999, (earlier) => earlier === line) !== line,
  );
  expect(wrong).toEqual([]);
});
