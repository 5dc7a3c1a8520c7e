import type { GateLimitsSpec } from '../../fleet/gate-limits-spec.ts';
import type { BuiltModelSpec } from '../../fleet/spec.ts';
import { parseBytes } from '../../fleet/units.ts';
import { parseRuntime } from '../tflite/runtime.ts';
import { DEFAULT_LIMITS, type GateLimits } from './gate.ts';

/** Which gate each limit belongs to, and what its number is there. */
const LIMITS: Readonly<
  Record<keyof GateLimitsSpec, readonly [gate: string, limit: keyof GateLimits, divisor: number]>
> = {
  parityRatio: ['parity', 'parity', 1],
  saturatedPercent: ['saturation', 'saturated', 100],
  codes: ['saturation', 'codes', 1],
  sqnrDb: ['divergence', 'sqnrDb', 1],
  agreementPercent: ['divergence', 'agreement', 100],
};

/** What a definition holds its model to: the defaults, but where it says otherwise. */
export function limitsOf({ budget = {}, runtime, gates = {} }: BuiltModelSpec): GateLimits {
  const { size, peakMemory, accuracyDropPoints } = budget;
  const own = (Object.keys(LIMITS) as (keyof GateLimitsSpec)[]).flatMap((key) => {
    const given = gates[key];
    return given === undefined ? [] : [{ key, ...given }];
  });
  const reasons: Record<string, readonly string[]> = {};
  for (const { key, reason } of own) {
    const [gate] = LIMITS[key];
    reasons[gate] = [...(reasons[gate] ?? []), `${key}, ${reason}`];
  }
  return {
    ...DEFAULT_LIMITS,
    ...(runtime === undefined ? {} : { runtime: parseRuntime(runtime) }),
    ...(size === undefined ? {} : { bytes: parseBytes(size) }),
    ...(peakMemory === undefined ? {} : { peakMemoryBytes: parseBytes(peakMemory) }),
    ...(accuracyDropPoints === undefined ? {} : { accuracyDropPoints }),
    ...Object.fromEntries(own.map(({ key, limit }) => [LIMITS[key][1], limit / LIMITS[key][2]])),
    reasons,
  };
}
