import { expect, test } from 'vitest';
import { benchStatistics } from '../src/dev/bench/statistics.ts';

test('the rules of the statistics take less than 50 ms on a million devices in seven waves', () => {
  const { kept, findings, rules } = benchStatistics();
  expect({ kept, rules }).toEqual({ kept: true, rules: 23 });
  expect(findings).toBeGreaterThan(10);
});
