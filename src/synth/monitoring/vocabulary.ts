import type { RecordingRule } from './rule-file.ts';

/** Labels of one question about one workload: what a release does on a class's slices of a wave. */
export const QUESTION = 'fleet, wave, class, workload';
/** Labels of one version of a workload in one slice. */
export const IN_SLICE = 'fleet, class, slice, workload, version';

/** How often rules are evaluated: twice within the five minutes that Prometheus looks back. */
export const INTERVAL = '2m';

/** How rules of one fleet are written. Everything that they record carries the fleet's name. */
export interface Vocabulary {
  readonly fleet: string;
  /** A recorded series of this fleet. */
  readonly series: (name: string, ...matchers: readonly string[]) => string;
  /** A rule that records a series of this fleet. */
  readonly record: (name: string, expr: string, labels?: Readonly<Record<string, string>>) => RecordingRule;
}

export const vocabularyOf = (fleet: string): Vocabulary => ({
  fleet,
  series: (name, ...matchers) => `breakwater:${name}{${[`fleet="${fleet}"`, ...matchers].join(',')}}`,
  record: (name, expr, labels = {}) => ({
    record: `breakwater:${name}`,
    expr,
    labels: { fleet, ...labels },
  }),
});

/** A number as PromQL reads it back to the last bit. */
export const number = (value: number): string => (value < 0 ? `(${value})` : String(value));
