import { planFormats } from '../report/plan/index.ts';
import { formatAs, formatOption } from './options.ts';
import { defineVerb } from './verb.ts';

/** Show waves, times, bytes, and devices exposed; write nothing. */
export const plan = defineVerb<[fleets: string[]], { readonly format: string }>({
  name: 'plan',
  summary: 'show each wave: devices, times, bytes over uplinks, devices exposed; write nothing',
  examples: ['plan', 'plan city-cameras --format markdown'],
  declare: (command) =>
    command
      .argument('[fleets...]', 'names of fleets, or their files (default: all)')
      .addOption(formatOption(planFormats)),
  async run([names], { format }, io) {
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
