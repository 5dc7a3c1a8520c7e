import { expect, test } from 'vitest';
import { count, counted, listed, literal, percent, points, ratioBelow } from '../src/rules/numbers.ts';

test('numbers in messages read alike in every locale', () => {
  expect([0, 7, 999, 1000, 59_940.4, 1_000_000].map(count)).toEqual([
    '0',
    '7',
    '999',
    '1,000',
    '59,940',
    '1,000,000',
  ]);
  expect([counted(1, 'cluster'), counted(20_000, 'cluster')]).toEqual(['1 cluster', '20,000 clusters']);
});

test('a suggested number is rounded up and can be pasted', () => {
  expect([999.2, 50_000].map(literal)).toEqual(['1_000', '50_000']);
});

test('a suggested ratio is rounded down to two digits', () => {
  expect([0, 0.002, 0.3, 0.058823, 1].map(ratioBelow)).toEqual(['0', '0.002', '0.3', '0.058', '1']);
});

test('percents and points have four digits at most and no trailing zeros', () => {
  expect([0, 0.005, 0.05, 1 / 3, 0.045000000000000005, 1e-12].map(percent)).toEqual([
    '0 %',
    '0.5 %',
    '5 %',
    '33.33 %',
    '4.5 %',
    '0 %',
  ]);
  expect([0.01, 0.045].map(points)).toEqual(['1 point', '4.5 points']);
});

test('lists are joined as people write them', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listed)).toEqual(['', 'a', 'a and b', 'a, b and c']);
});
