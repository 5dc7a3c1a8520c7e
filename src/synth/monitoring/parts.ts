import type { StatisticalGate } from '../../fleet/spec.ts';
import { correlationOf } from '../../gate/expected-shares.ts';
import type { PlanFile } from '../../plan/plan.ts';
import { number, QUESTION, vocabularyOf, type Vocabulary } from './vocabulary.ts';

/** Added up for each question. */
export const byQuestion = (vector: string): string => `sum by (${QUESTION}) (${vector})`;

/** What the rules of one fleet's decision are written with. */
export interface Parts extends Vocabulary {
  readonly gate: StatisticalGate;
  readonly plan: PlanFile;
  /** A sum over the slices of each arm. */
  readonly arm: (name: string, arm: 'treatment' | 'control', ...matchers: readonly string[]) => string;
  /** Each arm's slices with what is recorded of the version that they are to run. */
  readonly joined: (name: string, ...matchers: readonly string[]) => string;
  /** How many times as many observations it takes where the devices of a cluster are alike, less one for each device. */
  readonly alike: string;
}

export function partsOf(plan: PlanFile, gate: StatisticalGate): Parts {
  const words = vocabularyOf(plan.fleet);
  const { series } = words;
  return {
    ...words,
    gate,
    plan,
    arm: (name, arm, ...matchers) => byQuestion(series(`arm:${name}`, `arm="${arm}"`, ...matchers)),
    joined: (name, ...matchers) =>
      `${series('question:arm')} * on (fleet, class, slice, workload, version) group_left () ${series(name, ...matchers)}`,
    alike: `clamp_min(${series('question:cluster_size')} - 1, 0) * ${number(correlationOf(gate).cluster)}`,
  };
}

/** A threshold of one wave, on the right of a comparison with what is known of each question. */
export const onWave = (expression: string): string => `on (fleet, wave) group_left () (${expression})`;
