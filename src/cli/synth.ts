import { Option } from 'commander';
import type { CheckReport } from '../check/finding.ts';
import type { SynthOutcome, SynthRequest } from '../output/synth.ts';
import { pruneFormats, synthFormats } from '../report/synth.ts';
import type { BuiltFleet } from './build-fleets.ts';
import { type ExitStatus, type Io, progress } from './io.ts';
import { formatAs, formatOption } from './options.ts';
import { defineVerb } from './verb.ts';
import { ownPackage } from './version.ts';

interface Options {
  readonly check?: true;
  readonly stdout?: true;
  readonly pruneFleet?: string;
  readonly format: string;
}

/** Make manifests, check them, place new releases on the first wave, and write `generated/`. */
export const synth = defineVerb<[fleets: string[]], Options>({
  name: 'synth',
  summary: 'check fleets, then write generated/ and place new releases on the first wave',
  examples: ['synth', 'synth hello-edge --check', 'synth hello-edge --stdout'],
  declare: (command) =>
    command
      .argument('[fleets...]', 'names of fleets, or their files (default: all)')
      .option('--check', 'write nothing; print the files that differ, status 1 if any')
      .addOption(
        new Option('--stdout', 'write nothing; print the objects of every release as YAML').conflicts(
          'check',
        ),
      )
      .addOption(
        new Option(
          '--prune-fleet <name>',
          'remove what was generated for a fleet whose definition is gone',
        ).conflicts(['check', 'stdout']),
      )
      .addOption(formatOption(synthFormats)),

  async run([names], options, io): Promise<ExitStatus> {
    if (options.pruneFleet !== undefined) return prune(options.pruneFleet, options.format, io);
    const { buildFleets } = await import('./build-fleets.ts');
    const fleets = await buildFleets(names, io);
    if (options.stdout === true) {
      const { manifestsOf } = await import('./describe-synth.ts');
      for (const { plan, releases } of fleets) io.stdout(manifestsOf(plan.fleet, releases));
      return 0;
    }
    const { compareFleets } = await import('../output/synth.ts');
    const request: SynthRequest = { root: io.cwd, fleets, breakwater: ownPackage.version };
    const compared = compareFleets(request);
    if (names.length === 0) await tellGone(fleets, io);
    if (options.check === true) {
      const { describeSynth } = await import('./describe-synth.ts');
      const report = { outcome: 'compared', fleets: describeSynth(fleets, compared, io) } as const;
      io.stdout(formatAs(synthFormats, options.format, report));
      return compared.every(({ changes }) => changes.length === 0) ? 0 : 1;
    }
    return checkAndWrite(fleets, request, compared, options.format, io);
  },
});

/** Errors stop the write: nothing is written then. */
async function checkAndWrite(
  fleets: readonly BuiltFleet[],
  request: SynthRequest,
  compared: readonly SynthOutcome[],
  format: string,
  io: Io,
): Promise<ExitStatus> {
  const { describeSynth } = await import('./describe-synth.ts');
  const check = await checkPlaced(fleets, compared, io);
  const refused = check.counts.errors > 0;
  const outcomes = refused ? compared : await write(request, io);
  const report = {
    outcome: refused ? 'refused' : 'written',
    fleets: describeSynth(fleets, outcomes, io),
    check,
  } as const;
  io.stdout(formatAs(synthFormats, format, report));
  return refused ? 1 : 0;
}

async function write(request: SynthRequest, io: Io): Promise<readonly SynthOutcome[]> {
  const { writeFleets } = await import('../output/synth.ts');
  progress(io, 'writing generated/');
  const outcomes = writeFleets(request);
  progress(io, '');
  return outcomes;
}

/** Check what would be written: each plan beside the one on disk, and the pointers as they would stand. */
async function checkPlaced(
  fleets: readonly BuiltFleet[],
  compared: readonly SynthOutcome[],
  io: Io,
): Promise<CheckReport> {
  const { mergeReports } = await import('../check/report.ts');
  const { checkBuilt } = await import('./check-built.ts');
  const { plansOnDisk } = await import('./plans-before.ts');
  const states = new Map(compared.map(({ fleet, placement }) => [fleet, placement.state]));
  return mergeReports(await checkBuilt(fleets, { before: plansOnDisk(fleets, io), states }, io));
}

/** What no definition makes any more still runs on its clusters, so it stays; only it must not be forgotten. */
async function tellGone(fleets: readonly BuiltFleet[], io: Io): Promise<void> {
  const { fleetsOnDisk } = await import('../output/foreign.ts');
  const { nodeFileSystem } = await import('../output/node-file-system.ts');
  const defined = new Set(fleets.map(({ loaded }) => loaded.spec.name));
  for (const name of fleetsOnDisk(nodeFileSystem, io.cwd).filter((one) => !defined.has(one))) {
    io.stderr(
      `note: no definition makes generated/${name} any more, and its clusters go on with what they run; once they follow something else, run breakwater synth --prune-fleet ${name}\n`,
    );
  }
}

/** Nothing but an order by name removes a fleet: its clusters would lose what they follow. */
async function prune(fleet: string, format: string, io: Io): Promise<ExitStatus> {
  const { pruneFleet } = await import('../output/prune.ts');
  const { definedFleets } = await import('./defined-fleets.ts');
  const defined = await definedFleets(io);
  const changes = pruneFleet({ root: io.cwd, fleet, defined: defined.map(({ spec }) => spec.name) });
  io.stdout(formatAs(pruneFormats, format, changes));
  return 0;
}
