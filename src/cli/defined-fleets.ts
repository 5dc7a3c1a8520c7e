import { UserError } from '../errors.ts';
import { loadFleets } from '../fleet/load.ts';
import type { LoadedFleet } from '../fleet/loaded-fleet.ts';
import type { Io } from './io.ts';

/** Every fleet that has a definition: none where the last one is gone. */
export async function definedFleets(io: Io): Promise<readonly LoadedFleet[]> {
  try {
    return await loadFleets([], { cwd: io.cwd });
  } catch (error) {
    if (error instanceof UserError && error.code === 'FLEET_NONE') return [];
    throw error;
  }
}
