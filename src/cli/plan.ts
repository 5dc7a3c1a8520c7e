import { planFormats } from '../report/plan/index.ts';
import type { ExitStatus, Io } from './io.ts';
import { formatAs, formatOption } from './options.ts';
import { defineVerb } from './verb.ts';

interface Options {
  readonly design?: boolean;
  readonly format: string;
}

/** Show waves, times, bytes, and devices exposed; write nothing. */
export const plan = defineVerb<[fleets: string[]], Options>({
  name: 'plan',
  summary: 'show each wave: devices, times, bytes over uplinks, devices exposed; write nothing',
  description:
    'Show what follows from a definition: devices, times and bytes of each wave, how many devices a bad release may reach, who decides. With --design, look for the fewest waves that every rule about rollouts lets pass, with the soaks, pauses and budget that they need, and print them beside the defined ones and as a part of a definition: budget.maxHarmedDevices and the gate stay as they are defined, where they can.',
  examples: ['plan', 'plan city-cameras --format markdown', 'plan hello-edge --design'],
  declare: (command) =>
    command
      .argument('[fleets...]', 'names of fleets, or their files (default: all)')
      .option('--design', 'print waves that every rule lets pass, to be pasted into the definition')
      .addOption(formatOption(planFormats)),
  async run([names], { design, format }, io) {
    if (design === true) return printDesigns(names, format, io);
    const { buildFleets } = await import('./build-fleets.ts');
    const { pendingDiffs } = await import('./pending-diffs.ts');
    const { planReportOf } = await import('./plan-report-of.ts');
    const fleets = await buildFleets(names, io);
    const pending = pendingDiffs(fleets, io);
    const reports = fleets.map((fleet, index) => planReportOf(fleet, pending[index]!.diff));
    io.stdout(formatAs(planFormats, format, reports));
    return 0;
  },
});

async function printDesigns(names: readonly string[], format: string, io: Io): Promise<ExitStatus> {
  const { buildFleets } = await import('./build-fleets.ts');
  const { designReportOf } = await import('./design/design-report-of.ts');
  const { designFormats } = await import('../report/plan/design.ts');
  const fleets = await buildFleets(names, io);
  io.stdout(formatAs(designFormats, format, fleets.map(designReportOf)));
  return 0;
}
