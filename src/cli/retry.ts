import { movementFormats } from '../report/movement.ts';
import { fleetName } from './fleet-name.ts';
import { formatOption } from './options.ts';
import { defineVerb } from './verb.ts';
import { ownPackage } from './version.ts';

/** Clear a rejection. Reads plan.json and the rollout file, no TypeScript. */
export const retry = defineVerb<[fleet: string, release: string], { readonly format: string }>({
  name: 'retry',
  summary: 'clear the rejection of a release',
  description:
    'Clear the rejection of a release, in every class that has it, and place it on the first wave again where it is still what the definition makes.',
  examples: ['retry hello-edge r0123456789ab'],
  declare: (command) =>
    command
      .argument('<fleet>', 'name of a fleet, or its file')
      .argument('<release>', 'a rejected release, as breakwater status names it')
      .addOption(formatOption(movementFormats)),
  async run([argument, release], { format }, io) {
    const { retryFleet } = await import('../output/move.ts');
    const { reportMove } = await import('./report-move.ts');
    const fleet = fleetName(argument);
    const moved = retryFleet({ root: io.cwd, fleet, release, breakwater: ownPackage.version });
    await reportMove(moved, { verb: 'retry', message: `Retry ${release} on ${fleet}`, format }, io);
    return 0;
  },
});
