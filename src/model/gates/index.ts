import { accuracy } from './accuracy.ts';
import { divergence } from './divergence.ts';
import type { Evidence, GateResult, ModelGate } from './gate.ts';
import { memory } from './memory.ts';
import { size } from './size.ts';

/** In the order in which they are reported. */
export const modelGates: readonly ModelGate[] = [size, memory, divergence, accuracy];

export const judge = (evidence: Evidence): readonly GateResult[] =>
  modelGates.map((gate) => Object.assign({ gate: gate.id }, gate.judge(evidence)));
