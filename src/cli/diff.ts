import { type DiffReport, diffFormats } from '../report/diff/index.ts';
import { fleetName } from './fleet-name.ts';
import type { ExitStatus, Io } from './io.ts';
import { formatAs, formatOption } from './options.ts';
import { defineVerb } from './verb.ts';

interface Options {
  readonly against?: string;
  readonly format: string;
}

/** Compare what definitions make with `generated/`, or that with a commit. Status 1 for differences. */
export const diff = defineVerb<[fleets: string[]], Options>({
  name: 'diff',
  summary: 'show what changes on which devices, object by object',
  description:
    'Show what synth would change: by wave, on how many devices, which of them restart, and every field. With --against, what the committed generated/ changes since a Git reference. Clusters whose class, region or slice changed since then (else since the last commit) are listed: they must be bootstrapped again. Status 1 where anything differs.',
  examples: ['diff', 'diff city-cameras --against origin/main --format markdown'],
  declare: (command) =>
    command
      .argument('[fleets...]', 'names of fleets, or their files (default: all)')
      .option('--against <ref>', 'compare generated/ with the one at this Git reference')
      .addOption(formatOption(diffFormats)),

  async run([args], { against, format }, io): Promise<ExitStatus> {
    const reports = await (against === undefined ? diffPending(args, io) : diffCommitted(args, against, io));
    io.stdout(formatAs(diffFormats, format, reports));
    return reports.every(isEmpty) ? 0 : 1;
  },
});

/** What only a promotion would change is on its way, no difference. */
const isEmpty = ({ waves, clusters: { again, added, removed } }: DiffReport): boolean =>
  waves.every(({ when }) => when === 'promoted') &&
  [again, added, removed].every((list) => list.length === 0);

/** What `synth` would change; clusters are compared with the inventory of the last commit. */
async function diffPending(args: readonly string[], io: Io): Promise<readonly DiffReport[]> {
  const { buildFleets } = await import('./build-fleets.ts');
  const { filesAt, hasCommit } = await import('./git.ts');
  const { inventoryMoves, inventoryPath } = await import('./inventory-moves.ts');
  const { pendingDiffs } = await import('./pending-diffs.ts');
  const fleets = await buildFleets(args, io);
  const inventories = fleets.flatMap(({ loaded }) => inventoryPath(loaded) ?? []);
  const files =
    inventories.length > 0 && hasCommit(io.cwd) ? filesAt(io.cwd, 'HEAD', inventories) : new Map();
  const pending = pendingDiffs(fleets, io);
  return fleets.map(({ loaded, plan }, index) => {
    const { before, diff } = pending[index]!;
    const clusters = inventoryMoves(loaded, { files, salt: before.plan?.salt ?? plan.salt });
    return { fleet: plan.fleet, waves: diff.waves, releases: diff.releases, clusters };
  });
}

/** What `generated/` changes since a commit; a fleet that is gone from one side is on the other. */
async function diffCommitted(args: readonly string[], ref: string, io: Io): Promise<readonly DiffReport[]> {
  const { sideOf, sideOfFiles } = await import('../output/diff-sides.ts');
  const { diffFleet } = await import('../output/fleet-diff.ts');
  const { fleetsOnDisk } = await import('../output/foreign.ts');
  const { nodeFileSystem } = await import('../output/node-file-system.ts');
  const { openFleet } = await import('../output/open.ts');
  const { definedFleets } = await import('./defined-fleets.ts');
  const { filesAt } = await import('./git.ts');
  const { inventoryMoves } = await import('./inventory-moves.ts');
  const files = filesAt(io.cwd, ref, ['generated', 'fleets']);
  const loaded = await definedFleets(io);
  const atRef = [...files.keys()].flatMap((path) => /^generated\/([^/]+)\//.exec(path)?.[1] ?? []);
  const all = [...new Set([...fleetsOnDisk(nodeFileSystem, io.cwd), ...atRef])].toSorted();
  return (args.length > 0 ? args.map(fleetName) : all).map((fleet) => {
    const before = sideOfFiles(fleet, files);
    const after = sideOf(openFleet(nodeFileSystem, io.cwd, fleet));
    const definition = loaded.find(({ spec }) => spec.name === fleet);
    const salt = before.plan?.salt;
    const clusters =
      definition === undefined || salt === undefined
        ? { again: [], added: [], removed: [] }
        : inventoryMoves(definition, { files, salt });
    const { waves, releases } = diffFleet(before, after);
    return { fleet, waves, releases, clusters };
  });
}
