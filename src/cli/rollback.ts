import { movementFormats } from '../report/movement.ts';
import { fleetName } from './fleet-name.ts';
import { formatOption, reason } from './options.ts';
import { defineVerb } from './verb.ts';
import { ownPackage } from './version.ts';

interface Options {
  readonly class?: string;
  readonly reason: string;
  readonly format: string;
}

/** Bring every slice back to the settled release. Reads plan.json and the rollout file, no TypeScript. */
export const rollback = defineVerb<[fleet: string], Options>({
  name: 'rollback',
  summary: 'bring every slice back to the settled release',
  description:
    'Bring every slice of every class, or of one, back to the settled release, and reject what else ran: synth will not place it again until retry. Needs no TypeScript and no network; what it writes was validated when it was released.',
  examples: ["rollback hello-edge --reason 'errors doubled on the canary'"],
  declare: (command) =>
    command
      .argument('<fleet>', 'name of a fleet, or its file')
      .option('--class <class>', 'one class only')
      .requiredOption('--reason <text>', 'why; written beside what is rejected', reason)
      .addOption(formatOption(movementFormats)),
  async run([argument], { format, ...options }, io) {
    const { rollBackFleet } = await import('../output/move.ts');
    const { reportMove } = await import('./report-move.ts');
    const fleet = fleetName(argument);
    const moved = rollBackFleet({ ...options, root: io.cwd, fleet, breakwater: ownPackage.version });
    const message = `Roll ${fleet} back: ${options.reason}`;
    await reportMove(moved, { verb: 'rollback', message, format }, io);
    return 0;
  },
});
