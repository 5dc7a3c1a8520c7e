import { fleetFolder, rolloutFile } from '../output/layout.ts';
import type { Moved } from '../output/move.ts';
import type { MovementReport } from '../report/movement.ts';
import { movementFormats } from '../report/movement.ts';
import { countedBoth } from '../report/text.ts';
import type { Io } from './io.ts';
import { formatAs } from './options.ts';

/** What to tell of a move beside what it did. */
interface Telling {
  readonly verb: MovementReport['verb'];
  /** Subject of the commit. */
  readonly message: string;
  readonly format: string;
}

/** Print what a verb did to the pointers of a fleet, how to commit it, and what would move next. */
export async function reportMove(moved: Moved, { verb, message, format }: Telling, io: Io): Promise<void> {
  const { fleet, plan, movement, changes } = moved;
  const { nextOf } = await import('./status-of.ts');
  const { pointerHistory } = await import('./pointer-history.ts');
  const history = pointerHistory(io, fleet);
  const next = Object.entries(movement.state.classes).flatMap(([name, state]) => {
    const { wave, release, clusters = 0, devices = 0, reason } = nextOf(state, name, plan, history, io.now());
    if (wave === undefined) return [];
    return [
      `class ${name}: wave ${wave} takes over ${release} (${countedBoth({ clusters, devices })}): ${reason}`,
    ];
  });
  const report: MovementReport = {
    fleet,
    verb,
    moves: movement.moves,
    notices: movement.notices,
    inventory: plan.inventory,
    interval: plan.delivery.interval,
    source: plan.delivery.source.kind,
    commit: changes.length === 0 ? [] : [rolloutFile(fleet), fleetFolder(fleet)],
    message,
    next,
  };
  io.stdout(formatAs(movementFormats, format, report));
}

/** Waves and releases of a move, for a commit's subject: `early gets r0123456789ab`. */
export const subjectOf = ({ movement: { moves } }: Moved): string =>
  [...new Set(moves.map(({ wave, to }) => `${wave} gets ${to}`))].join(', ');
