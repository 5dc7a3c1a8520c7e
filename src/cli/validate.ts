import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { CheckReport, Severity } from '../check/finding.ts';
import { checkFormats } from '../report/check/index.ts';
import type { Io } from './io.ts';
import { formatAs, formatOption } from './options.ts';
import { defineVerb } from './verb.ts';

interface Options {
  readonly format: string;
  readonly failOn: Severity;
  readonly against?: string;
}

/** By severity: the counts of a report that fail. */
const FAILING: Readonly<Record<Severity, (counts: CheckReport['counts']) => number>> = {
  error: ({ errors }) => errors,
  warning: ({ errors, warnings }) => errors + warnings,
  advice: ({ errors, warnings, advice }) => errors + warnings + advice,
};

/** Check fleets or files; write nothing. Status 1 for a finding at or above `--fail-on`. */
export const validate = defineVerb<[paths: string[]], Options>({
  name: 'validate',
  summary: 'check fleets, or any Kubernetes YAML; write nothing',
  examples: ['validate', 'validate hello-edge --against HEAD', 'validate pod.yaml --format sarif'],
  declare: (command) =>
    command
      .argument(
        '[fleets-or-files...]',
        'names of fleets or their files; YAML files or folders of them (default: all fleets)',
      )
      .addOption(formatOption(checkFormats))
      .addOption(
        new Option('--fail-on <severity>', 'lowest severity that fails')
          .choices(Object.keys(FAILING))
          .default('error'),
      )
      .option('--against <ref>', 'compare plans with the ones committed at this Git reference'),

  async run([paths], { format, failOn, against }, io) {
    const report = await checkAll(paths, against, io);
    io.stdout(formatAs(checkFormats, format, report));
    return FAILING[failOn](report.counts) > 0 ? 1 : 0;
  },
});

async function checkAll(paths: readonly string[], against: string | undefined, io: Io): Promise<CheckReport> {
  const { definitionOf } = await import('../fleet/load.ts');
  const files = paths.filter((path) => isManifest(path, io.cwd) && definitionOf(path, io.cwd) === undefined);
  const fleets = paths.filter((path) => !files.includes(path));
  const { mergeReports } = await import('../check/report.ts');
  return mergeReports([
    ...(paths.length === 0 || fleets.length > 0 ? await checkFleets(fleets, against, io) : []),
    ...(files.length > 0 ? [await checkManifests(files, io)] : []),
  ]);
}

async function checkFleets(
  names: readonly string[],
  against: string | undefined,
  io: Io,
): Promise<readonly CheckReport[]> {
  const { buildFleets } = await import('./build-fleets.ts');
  const { checkBuilt } = await import('./check-built.ts');
  const fleets = await buildFleets(names, io);
  if (against === undefined) return checkBuilt(fleets, {}, io);
  const { plansAt } = await import('./plans-before.ts');
  return checkBuilt(fleets, { before: plansAt(against, fleets, io) }, io);
}

async function checkManifests(files: readonly string[], io: Io): Promise<CheckReport> {
  const { checkFiles } = await import('../check/check.ts');
  const { loadFiles } = await import('../check/load-files.ts');
  const { rules } = await import('../rules/index.ts');
  return checkFiles(loadFiles(files, io.cwd), { rules });
}

/** Whether an argument is called as YAML is, or is a folder. Everything else names a fleet, as JSON in `fleets/` does. */
const isManifest = (path: string, cwd: string): boolean =>
  /\.(ya?ml|json)$/.test(path) ||
  statSync(resolve(cwd, path), { throwIfNoEntry: false })?.isDirectory() === true;
