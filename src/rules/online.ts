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

/** The smallest percent at which the slices from the first on have so many devices online; `undefined` if none does. */
export function percentFor(plan: Plan, needed: number, of?: readonly string[]): number | undefined {
  const end = plan.slices.findIndex(
    (_slice, index) => Math.floor(onlineDevices(plan, plan.slices.slice(0, index + 1), of)) >= needed,
  );
  return end === -1 ? undefined : Number(plan.slices[end]!.name.slice(1));
}
