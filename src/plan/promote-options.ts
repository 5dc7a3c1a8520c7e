import type { JudgedWave } from './judged-wave.ts';
import type { NextStep } from './next-step.ts';
import type { Wait } from './promotion-told.ts';
import type { LastMove } from './soak.ts';

export interface PromoteOptions {
  /** One class; default: all. */
  readonly class?: string;
  /** Promote into this wave only, from a wave before it that runs one release throughout. */
  readonly wave?: string;
  /** Do not wait for soak and pause, for this reason, which is written down. */
  readonly early?: string;
  /** Go on whatever gate, freeze and `maxHarmedDevices` say, for this reason, which is written down. */
  readonly override?: string;
  /** What the gate's records say against a step of a class; absent: nobody is asked. */
  readonly gate?: GateWord;
  readonly lastMove: LastMove;
  /** In milliseconds since the epoch. */
  readonly nowMs: number;
}

/** What a gate says against a step of a class; `undefined` where it passed what was to be judged. */
export type GateWord = (of: {
  readonly class: string;
  readonly step: NextStep;
  readonly judged: JudgedWave;
  /** Whether its soak need not be over. */
  readonly early: boolean;
}) => Omit<Wait, 'class'> | undefined;
