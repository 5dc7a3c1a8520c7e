// What agents of a random case send of themselves beside requests, and what that is.

import type { PlannedTrouble, TroubleKind } from '../../../src/plan/plan.ts';

const above = (classes: readonly string[], threshold: number): Record<string, number> =>
  Object.fromEntries(classes.map((name, index) => [name, threshold + index]));

/** Every kind that a plan may name; thresholds of classes differ. */
export const troubleOf = (classes: readonly string[]): Readonly<Record<TroubleKind, PlannedTrouble>> => ({
  nearMemoryLimit: { series: 'memory_bytes', above: above(classes, 1000) },
  outOfMemory: { series: 'killed_total' },
  restarted: { series: 'answered_total{path="/"}' },
  slow: { series: 'latency_bucket', above: above(classes, 100) },
});

/** Begins again three minutes before the end, or counts on. */
const startedAt = 57;
const killedAt = 55;

/** Name, labels and values by minute of the series of each kind. */
const SERIES: Readonly<
  Record<
    TroubleKind,
    readonly (readonly [
      name: string,
      labels: string,
      value: (minute: number, isTroubled: boolean) => number,
    ])[]
  >
> = {
  nearMemoryLimit: [['memory_bytes', '', (_minute, isTroubled) => (isTroubled ? 1500 : 900)]],
  outOfMemory: [['killed_total', '', (minute, isTroubled) => (isTroubled && minute >= killedAt ? 1 : 0)]],
  restarted: [
    [
      'answered_total',
      ',path="/"',
      (minute, isTroubled) => (isTroubled && minute >= startedAt ? minute - startedAt : 1000 + minute),
    ],
  ],
  slow: [
    ['latency_bucket', ',le="100"', (minute, isTroubled) => (isTroubled ? 0 : 10 * minute)],
    ['latency_bucket', ',le="1000"', (minute) => 10 * minute],
    ['latency_bucket', ',le="+Inf"', (minute) => 10 * minute],
  ],
};

/**
 * The series of some kinds.
 * @param who labels of the agent
 */
export const troubleSeries = (
  who: string,
  {
    watched,
    troubled,
  }: { readonly watched: readonly TroubleKind[]; readonly troubled: readonly TroubleKind[] },
  values: (value: (minute: number) => number) => string,
): { readonly series: string; readonly values: string }[] =>
  watched.flatMap((kind) =>
    SERIES[kind].map(([name, labels, value]) => ({
      series: `${name}{${who}${labels}}`,
      values: values((minute) => value(minute, troubled.includes(kind))),
    })),
  );
