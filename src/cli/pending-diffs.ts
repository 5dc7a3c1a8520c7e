import { sideOf, sideToBe } from '../output/diff-sides.ts';
import { diffFleet, type DiffSide, type FleetDiff } from '../output/fleet-diff.ts';
import { nodeFileSystem } from '../output/node-file-system.ts';
import { openFleet } from '../output/open.ts';
import { compareFleets } from '../output/synth.ts';
import type { BuiltFleet } from './build-fleets.ts';
import type { Io } from './io.ts';
import { ownPackage } from './version.ts';

/** What `synth` would change of one fleet. */
export interface PendingDiff {
  /** As it stands in `generated/`. */
  readonly before: DiffSide;
  readonly diff: FleetDiff;
}

/**
 * Work out what `synth` would change, in the order of the fleets.
 * @throws UserError as `synth` does before it writes
 */
export function pendingDiffs(fleets: readonly BuiltFleet[], io: Io): readonly PendingDiff[] {
  const outcomes = compareFleets({ root: io.cwd, fleets, breakwater: ownPackage.version });
  return fleets.map(({ plan, releases }, index) => {
    const opened = openFleet(nodeFileSystem, io.cwd, plan.fleet);
    const before = sideOf(opened);
    const { plan: wanted, placement } = outcomes[index]!;
    return {
      before,
      diff: diffFleet(before, sideToBe(opened, { plan: wanted, state: placement.state, releases })),
    };
  });
}
