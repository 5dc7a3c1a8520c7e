import { accuracy } from './accuracy.ts';
import { architecture } from './architecture.ts';
import { determinism } from './determinism.ts';
import { divergence } from './divergence.ts';
import type { Evidence, GateResult, ModelGate } from './gate.ts';
import { latency } from './latency.ts';
import { memory } from './memory.ts';
import { parity } from './parity.ts';
import { runtime } from './runtime.ts';
import { saturation } from './saturation.ts';
import { size } from './size.ts';

/** In the order in which they are reported. */
export const modelGates: readonly ModelGate[] = [
  parity,
  size,
  memory,
  runtime,
  architecture,
  determinism,
  saturation,
  divergence,
  accuracy,
  latency,
];

export const judge = (evidence: Evidence): readonly GateResult[] =>
  modelGates.flatMap((gate) => {
    const result = gate.judge(evidence);
    if (result === undefined) return [];
    const reasons = evidence.limits.reasons[gate.id];
    const message =
      reasons === undefined ? result.message : `${result.message}; by definition: ${reasons.join('; ')}`;
    return [{ gate: gate.id, ...result, message }];
  });
