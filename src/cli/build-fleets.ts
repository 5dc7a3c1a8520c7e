import type { LoadedFleet } from '../fleet/loaded-fleet.ts';
import type { Plan } from '../plan/plan.ts';
import type { Releases } from '../synth/manifests.ts';
import { type Io, progress } from './io.ts';

/** A fleet and what follows from its definition. */
export interface BuiltFleet {
  readonly loaded: LoadedFleet;
  readonly plan: Plan;
  readonly releases: Releases;
}

/** A fleet and its plan, for what needs no manifests. */
export type PlannedFleet = Pick<BuiltFleet, 'loaded' | 'plan'>;

/**
 * Load fleets and plan them.
 * @param names fleets or their files; none means all
 * @throws UserError `FLEET_…`, `INVENTORY_…`, `PERCENT_CUT`
 */
export async function planFleets(names: readonly string[], io: Io): Promise<readonly PlannedFleet[]> {
  const { inventoryRows } = await import('../fleet/inventory.ts');
  const { loadFleets } = await import('../fleet/load.ts');
  const { SLICE_NAMES } = await import('../plan/movement.ts');
  const { planFleet } = await import('../plan/waves.ts');
  progress(io, 'loading fleets');
  const fleets = await loadFleets(names, { cwd: io.cwd });
  const planned = fleets.map((loaded) => {
    progress(io, `planning ${loaded.spec.name}`);
    return { loaded, plan: planFleet(loaded.spec, inventoryRows(loaded, SLICE_NAMES)) };
  });
  progress(io, '');
  return planned;
}

/**
 * Load fleets, plan them and make their releases, in memory.
 * @throws UserError as {@link planFleets}, and `FLEET_SYNTH`
 */
export async function buildFleets(names: readonly string[], io: Io): Promise<readonly BuiltFleet[]> {
  const planned = await planFleets(names, io);
  const { synthFleet } = await import('../synth/synth.ts');
  const built = planned.map(({ loaded, plan }) => {
    progress(io, `making the releases of ${loaded.spec.name}`);
    return { loaded, plan, releases: synthFleet(loaded.spec) };
  });
  progress(io, '');
  return built;
}
