import type { ClusterRow } from '../fleet/loaded-fleet.ts';
import type { ClusterCount, FleetSpec, WaveSpec } from '../fleet/spec.ts';
import type { Count, Plan, PlannedClass, PlannedSlice, PlannedWave } from './plan.ts';
import { maxUnavailableOf, offlineOf } from './availability.ts';
import { countBatches, countRows } from './counts.ts';
import { metricsOf } from './planned-metrics.ts';
import { cutOf, SLICES, type Slice } from './slices.ts';

/** Between two parts of one wave, where the definition says nothing. */
export const DEFAULT_PAUSE = '1h';

/**
 * Count what each slice, wave, class and region holds.
 *
 * Waves whose percents do not increase get no slices, and slices above the last percent join the last wave:
 * whether that is acceptable is a rule's business.
 *
 * @param rows the clusters, read once and never kept; `undefined` for an inventory of counts
 * @throws UserError `PERCENT_CUT`
 */
export function planFleet(spec: FleetSpec, rows: Iterable<ClusterRow> | undefined): Plan {
  const slicesOf = assignSlices(spec.rollout.waves);
  if (spec.delivery.kind === 'argocd') for (const { percent } of spec.delivery.steps ?? []) cutOf(percent);
  const counts = rows === undefined ? countBatches(spec, batchesOf(spec)) : countRows(spec, rows);
  const names = Object.keys(spec.classes).toSorted();

  const byClass = (count: (name: string) => Count): Record<string, Count> =>
    Object.fromEntries(names.map((name) => [name, count(name)]));
  const waves = spec.rollout.waves.map((wave, index): PlannedWave => {
    const slices = slicesOf[index]!;
    return {
      name: wave.name,
      percent: wave.percent,
      soak: wave.soak ?? '0s',
      pause: wave.pause ?? DEFAULT_PAUSE,
      slices: slices.map(({ name }) => name),
      total: counts.of(slices),
      classes: byClass((name) => counts.of(slices, name)),
    };
  });
  const slices = slicesOf.flatMap((inWave, index): PlannedSlice[] =>
    inWave.map((slice) => ({
      name: slice.name,
      wave: spec.rollout.waves[index]!.name,
      classes: byClass((name) => counts.of([slice], name)),
    })),
  );
  const classes = names.map((name): readonly [string, PlannedClass] => {
    const device = spec.classes[name]!;
    const planned = {
      ...counts.all(name),
      arch: device.arch,
      k3s: device.k3s,
      offline: offlineOf(device),
      maxUnavailable: maxUnavailableOf(device),
      clustersAllAtOnce: counts.allAtOnce(name),
      regions: counts.regions(name),
    };
    return [
      name,
      device.renamedFrom === undefined ? planned : { ...planned, renamedFrom: device.renamedFrom },
    ];
  });
  return {
    fleet: spec.name,
    salt: spec.rollout.salt,
    inventory: rows === undefined ? 'expected' : 'exact',
    total: counts.all(),
    classes: Object.fromEntries(classes),
    waves,
    slices,
    gate: spec.rollout.gate,
    budget: spec.rollout.budget ?? {},
    ...(spec.rollout.freeze === undefined ? {} : { freeze: spec.rollout.freeze }),
    delivery: spec.delivery,
    ...metricsOf(spec),
  };
}

/** The slices of each wave, in order. Every slice is in exactly one. */
function assignSlices(waves: readonly WaveSpec[]): Slice[][] {
  let done = 0;
  return waves.map(({ percent }, index) => {
    const cut = cutOf(percent);
    const from = done;
    done = Math.max(done, cut);
    const last = index === waves.length - 1;
    return SLICES.filter(({ to }) => to > from && (last || to <= done));
  });
}

function batchesOf({ inventory }: FleetSpec): readonly ClusterCount[] {
  if ('kind' in inventory) throw new Error('a CSV inventory is planned from its rows');
  return inventory;
}
