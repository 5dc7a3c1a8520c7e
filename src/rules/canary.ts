import type { FleetSubject } from '../check/rule.ts';
import { minimumSamples } from '../gate/minimum-samples.ts';
import type { Plan, PlannedSlice, PlannedWave } from '../plan/plan.ts';

/** Devices that waves or slices have online, as far as each class's offline share tells. Not rounded. */
export const onlineDevices = (
  plan: Plan,
  parts: readonly Pick<PlannedSlice | PlannedWave, 'classes'>[],
  of: readonly string[] = Object.keys(plan.classes),
): number =>
  parts
    .flatMap(({ classes }) =>
      of.map((name) => (classes[name]?.devices ?? 0) * (1 - (plan.classes[name]?.offline ?? 0))),
    )
    .reduce((sum, devices) => sum + devices, 0);

/** The smallest percent at which the slices from the first on have so many devices online; `undefined` if only all of them do, or not even these. */
export function percentFor(plan: Plan, needed: number, of?: readonly string[]): number | undefined {
  const end = plan.slices.findIndex(
    (_slice, index) => Math.floor(onlineDevices(plan, plan.slices.slice(0, index + 1), of)) >= needed,
  );
  return end === -1 || end === plan.slices.length - 1 ? undefined : Number(plan.slices[end]!.name.slice(1));
}

/** The first wave, and how many devices it takes to see a share of failures as large as the ceiling. */
export interface Canary {
  readonly wave: PlannedWave;
  readonly ceiling: number;
  /** 1 − beta. */
  readonly confidence: number;
  /** Devices. */
  readonly needed: number;
  /** Devices, rounded down. */
  readonly online: number;
}

/** `undefined` where people decide, there is no ceiling, the gate's numbers make no sense, or nobody is in the first wave. */
export function canaryOf({ spec, plan }: FleetSubject): Canary | undefined {
  const { gate } = spec.rollout;
  if (gate.by === 'human') return undefined;
  const { ceiling, beta } = gate;
  const wave = plan.waves[0];
  if (ceiling === undefined || ceiling <= 0 || ceiling >= 1 || beta <= 0 || beta >= 1) return undefined;
  if (wave === undefined || wave.total.devices === 0) return undefined;
  const confidence = 1 - beta;
  return {
    wave,
    ceiling,
    confidence,
    needed: minimumSamples(ceiling, confidence),
    online: Math.floor(onlineDevices(plan, [wave])),
  };
}
