import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import isRecord from '#validators/record';
import type { GateRecord } from '../gate/record.ts';
import { rejectionOfRecord } from '../gate/recorded.ts';
import { gateRecordFile } from '../output/layout.ts';
import { storedVersions } from '../output/stored-versions.ts';
import type { OpenedFleet } from '../output/open.ts';
import type { Plan, ReleaseId } from '../plan/plan.ts';
import type { GateWord } from '../plan/promote-options.ts';
import type { GateBooks } from './status-of.ts';
import type { LastMove } from '../plan/soak.ts';
import type { RolloutState } from '../plan/state.ts';

/** What stands on disk of a gate's verdict. */
export type Recorded = GateRecord | 'unreadable' | undefined;

/** The record of a class's release on a wave; `undefined` where there is none. */
export function readRecord(
  root: string,
  of: { readonly fleet: string; readonly class: string; readonly release: ReleaseId; readonly wave: string },
): Recorded {
  let text: string;
  try {
    text = readFileSync(join(root, gateRecordFile(of)), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    return 'unreadable';
  }
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? (value as GateRecord) : 'unreadable';
  } catch {
    return 'unreadable';
  }
}

/** What the gate's records say against steps; `undefined` where people decide and nobody is asked. */
export function gateWordOf(
  state: RolloutState,
  plan: Plan,
  opened: OpenedFleet,
  lastMove: LastMove,
): GateWord | undefined {
  if (plan.gate.by === 'human') return undefined;
  const versionsOf = storedVersions(opened);
  return ({ class: name, step, judged, early }) => {
    const of = { fleet: plan.fleet, class: name, release: step.release, wave: judged.wave.name };
    const standing = { plan, state: state.classes[name]!, class: name, step, judged, versionsOf };
    const held = { ...standing, lastMove, early };
    return rejectionOfRecord(readRecord(opened.root, of), held, gateRecordFile(of));
  };
}

/** What `status` tells of gates. */
export function gateBooksOf(
  state: RolloutState,
  plan: Plan,
  opened: OpenedFleet,
  lastMove: LastMove,
): GateBooks {
  return {
    gate: gateWordOf(state, plan, opened, lastMove),
    recordOf(name, release, wave) {
      const record = readRecord(opened.root, { fleet: plan.fleet, class: name, release, wave });
      if (record === undefined) return null;
      return record === 'unreadable'
        ? { verdict: record, reason: 'is no record of a gate' }
        : { verdict: record.verdict, reason: record.reason };
    },
  };
}
