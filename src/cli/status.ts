import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { statusFormats } from '../report/status.ts';
import { fleetName } from './fleet-name.ts';
import { formatAs, formatOption } from './options.ts';
import { defineVerb } from './verb.ts';

/** Where rollouts stand. Reads plan.json, the rollout file and Git, no TypeScript. */
export const status = defineVerb<[fleets: string[]], { readonly format: string }>({
  name: 'status',
  summary: 'say what each wave runs, since when, and what moves next',
  examples: ['status', 'status hello-edge --format json'],
  declare: (command) =>
    command
      .argument('[fleets...]', 'names of fleets, or their files (default: all in generated/)')
      .addOption(formatOption(statusFormats)),
  async run([args], { format }, io) {
    const { fleetsOnDisk } = await import('../output/foreign.ts');
    const { nodeFileSystem } = await import('../output/node-file-system.ts');
    const { openFleet, planOf, stateOf } = await import('../output/open.ts');
    const { gateBooksOf } = await import('./gate-records.ts');
    const { pointerHistory } = await import('./pointer-history.ts');
    const { statusOf } = await import('./status-of.ts');
    const names = args.length === 0 ? fleetsOnDisk(nodeFileSystem, io.cwd) : args.map(fleetName);
    if (names.length === 0) {
      const folder = join(io.cwd, 'generated');
      throw new UserError('FLEET_NONE', `nothing was generated in ${folder}`, 'run breakwater synth');
    }
    const statuses = names.map((name) => {
      const opened = openFleet(nodeFileSystem, io.cwd, name);
      const plan = planOf(opened);
      const state = stateOf(opened, plan);
      const history = pointerHistory(io, name);
      return statusOf(state, plan, history, gateBooksOf(state, plan, opened, history.lastMove), io.now());
    });
    io.stdout(formatAs(statusFormats, format, statuses));
    return 0;
  },
});
