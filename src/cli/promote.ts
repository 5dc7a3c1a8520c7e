import { movementFormats } from '../report/movement.ts';
import { fleetName } from './fleet-name.ts';
import { formatOption, reason } from './options.ts';
import { defineVerb } from './verb.ts';

interface Options {
  readonly class?: string;
  readonly wave?: string;
  readonly early?: string;
  readonly override?: string;
  readonly format: string;
}

/** Hand the release of each class on to the next wave. Reads plan.json and the rollout file, no TypeScript. */
export const promote = defineVerb<[fleet: string], Options>({
  name: 'promote',
  summary: 'hand a release on to the next wave',
  description:
    'Hand the release of each class on to the next wave: move the pointers, print what to commit. Refused without a PASS for the wave before that breakwater gate --record has written down, unless people gate the fleet; while that wave has been watched for less than its soak, counted from the commit that moved it; during a freeze; and where more devices could be harmed than maxHarmedDevices.',
  examples: ['promote hello-edge', "promote hello-edge --wave early --early 'fix of an outage'"],
  declare: (command) =>
    command
      .argument('<fleet>', 'name of a fleet, or its file')
      .option('--class <class>', 'one class only')
      .option('--wave <wave>', 'into this wave only; the wave before it must run one release throughout')
      .option('--early <reason>', 'do not wait for soak and pause; the reason is written down', reason)
      .option(
        '--override <reason>',
        'go on without a recorded PASS, in a freeze, above maxHarmedDevices; the reason is written down',
        reason,
      )
      .addOption(formatOption(movementFormats)),
  async run([argument], { format, ...options }, io) {
    const { promoteFleet } = await import('../output/move.ts');
    const { gateWordOf } = await import('./gate-records.ts');
    const { pointerHistory } = await import('./pointer-history.ts');
    const { reportMove, subjectOf } = await import('./report-move.ts');
    const fleet = fleetName(argument);
    const { lastMove } = pointerHistory(io, fleet);
    const moved = promoteFleet({
      ...options,
      root: io.cwd,
      fleet,
      gate: (state, plan, opened) => gateWordOf(state, plan, opened, lastMove),
      lastMove,
      nowMs: io.now(),
    });
    await reportMove(
      moved,
      { verb: 'promote', message: `Promote ${fleet}: ${subjectOf(moved)}`, format },
      io,
    );
    return 0;
  },
});
