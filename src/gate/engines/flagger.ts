// How Flagger decides over a Canary, tick by tick, as its scheduler 1.44 does.

/** The fields of `spec.analysis` that decide. */
export interface FlaggerAnalysis {
  /** Failed checks after which it rolls back. Flagger reads 0 and less as 1. */
  readonly threshold: number;
  /** Checks before the promotion, without weights: blue/green, or A/B where requests are matched. */
  readonly iterations?: number;
  /** Percent of the traffic that each step adds. */
  readonly stepWeight?: number;
  /** Percent of the traffic after each step. */
  readonly stepWeights?: readonly number[];
  /** Percent at which the new version is promoted. @default 100 */
  readonly maxWeight?: number;
  /** Whether requests are matched (`match`): A/B testing, with iterations. */
  readonly matches?: boolean;
  /** Whether nothing shifts requests, as with the provider `kubernetes`: no matches, and 10 iterations where none are asked for. */
  readonly unrouted?: boolean;
}

/** What a metric is compared with; what is missing bounds nothing. */
export interface ThresholdRange {
  readonly min?: number;
  readonly max?: number;
}

/** Whether a check of a metric goes well. No value and NaN do not; the bounds themselves do. */
export const isInRange = (value: number | undefined, { min, max }: ThresholdRange): boolean =>
  value !== undefined &&
  !Number.isNaN(value) &&
  (min === undefined || value >= min) &&
  (max === undefined || value <= max);

export type FlaggerPhase = 'Progressing' | 'Promoting' | 'Finalising' | 'Succeeded' | 'Failed';

/** As the status of the Canary has it: what a phase makes void is 0 there. */
export interface FlaggerState {
  readonly phase: FlaggerPhase;
  readonly iterations: number;
  /** Percent of the traffic that goes to the new version. */
  readonly weight: number;
  /** Adds up; a check that goes well takes nothing away. */
  readonly failedChecks: number;
}

export const FLAGGER_START: FlaggerState = {
  phase: 'Progressing',
  iterations: 0,
  weight: 0,
  failedChecks: 0,
};

const TOTAL = 100;
/** Iterations without any asked for, where nothing shifts requests. */
const UNROUTED_ITERATIONS = 10;

const maxWeightOf = ({ stepWeights = [], maxWeight = 0 }: FlaggerAnalysis): number => {
  const last = stepWeights.at(-1);
  if (last !== undefined) return Math.min(TOTAL, last);
  return maxWeight > 0 ? maxWeight : TOTAL;
};

/**
 * How much the next step adds to the weight. 0 or less: Flagger does nothing on this tick and on every one after it,
 * which is what becomes of `stepWeights` that do not rise.
 */
export function nextStepWeight(analysis: FlaggerAnalysis, weight: number): number {
  const { stepWeight = 0, stepWeights = [] } = analysis;
  if (stepWeight > 0 || stepWeights.length === 0) return stepWeight;
  const room = TOTAL - weight;
  if (room === 0) return 1;
  if (weight === 0) return Math.min(room, stepWeights[0]!);
  const at = stepWeights.slice(0, -1).indexOf(weight);
  return at === -1 ? room : Math.min(room, stepWeights[at + 1]! - weight);
}

/** Whether the metrics are asked on the next tick: not on the first, on which nothing goes to the new version yet. */
export const isChecked = ({ phase, weight, iterations }: FlaggerState): boolean =>
  phase === 'Progressing' && !(weight === 0 && iterations === 0);

/**
 * One tick of the analysis interval, the new version's pods being ready.
 *
 * @param check whether all metrics are in range; a metric without a value is not. Asked only where it counts
 * @see https://docs.flagger.app/usage/how-it-works
 */
export function tick(state: FlaggerState, analysis: FlaggerAnalysis, check: () => boolean): FlaggerState {
  const { phase, iterations, weight, failedChecks } = state;
  if (phase === 'Succeeded' || phase === 'Failed') return state;
  if (phase === 'Promoting') return { ...state, phase: 'Finalising', iterations: 0, weight: 0 };
  if (phase === 'Finalising') return { ...state, phase: 'Succeeded' };
  // Seen a tick after the check that was one too many.
  if (failedChecks >= Math.max(1, analysis.threshold)) return { ...FLAGGER_START, phase: 'Failed' };
  if (isChecked(state) && !check()) return { ...state, failedChecks: failedChecks + 1 };

  const { unrouted = false, matches = false, iterations: asked = 0 } = analysis;
  const wanted = unrouted && asked < 1 ? UNROUTED_ITERATIONS : asked;
  if (wanted > 0) {
    // Blue/green goes round once more, with all the traffic on the new version.
    const last = matches && !unrouted ? wanted : wanted + 1;
    return iterations < last ? { ...state, iterations: iterations + 1 } : { ...state, phase: 'Promoting' };
  }
  const step = nextStepWeight(analysis, weight);
  if (step <= 0) return state;
  if (weight < maxWeightOf(analysis)) return { ...state, weight: Math.min(TOTAL, weight + step) };
  return { ...state, phase: 'Promoting' };
}

/** What became of a Canary. */
export interface FlaggerRun extends FlaggerState {
  /** Intervals until it was decided, or until the looking ended. */
  readonly ticks: number;
  /** How often all metrics were asked. */
  readonly checks: number;
}

/**
 * Run a Canary until it is decided.
 * @param checks whether all metrics are in range, check by check; once they end, the last answer stays
 * @param most ticks after which the model stops looking
 */
export function runCanary(analysis: FlaggerAnalysis, checks: readonly boolean[], most = 10_000): FlaggerRun {
  let state = FLAGGER_START;
  let asked = 0;
  for (let ticks = 1; ticks <= most; ticks += 1) {
    state = tick(state, analysis, () => {
      asked += 1;
      return checks[asked - 1] ?? checks.at(-1) ?? true;
    });
    if (state.phase === 'Succeeded' || state.phase === 'Failed') return { ...state, ticks, checks: asked };
  }
  return { ...state, ticks: most, checks: asked };
}
