import type { JudgedWave } from '../plan/judged-wave.ts';
import type { NextStep } from '../plan/next-step.ts';
import type { Plan, SliceName } from '../plan/plan.ts';
import { soakOf, type LastMove } from '../plan/soak.ts';
import type { ClassState } from '../plan/state.ts';
import { digestOf, type GateRecord } from './record.ts';
import type { VersionsOf } from './question.ts';
import type { ErrorCode } from '../errors.ts';

/** What a record is held against: where the rollout stands now. */
export interface Standing {
  readonly plan: Plan;
  readonly state: ClassState;
  readonly class: string;
  readonly step: NextStep;
  readonly judged: JudgedWave;
  readonly versionsOf: VersionsOf;
  readonly lastMove: LastMove;
  /** Whether a soak need not be over. */
  readonly early: boolean;
}

/** Why a record lets no promotion pass: lower case, no full stop. */
export interface Rejected {
  readonly code: ErrorCode;
  readonly message: string;
  readonly fix: string;
}

/**
 * Whether a record lets a release go on from a wave.
 *
 * It speaks for all parts of the wave that takes over, as long as it is of the same fleet, class, wave, release,
 * workload versions, settled release, gate and slices, and as none of these slices has moved since: what the control
 * arm runs meanwhile changes with every part, and is not asked. Nothing but a PASS lets pass.
 *
 * @param record `undefined` where there is none; `'unreadable'` where what is there is no record
 * @param file its path from the repository's root, for messages
 * @returns `undefined` where the promotion may go on
 */
export function rejectionOfRecord(
  record: GateRecord | 'unreadable' | undefined,
  standing: Standing,
  file: string,
): Rejected | undefined {
  const { plan, step, judged } = standing;
  const { fleet } = plan;
  const wave = judged.wave.name;
  const again = `run breakwater gate ${fleet} --wave ${wave} --record and commit what it writes, or write down why not to: --override REASON`;
  if (record === undefined) {
    return {
      code: 'GATE_MISSING',
      message: `nothing is recorded of ${step.release} on wave ${wave}: there is no ${file}`,
      fix: again,
    };
  }
  const stale = record === 'unreadable' ? 'is no record of a gate' : staleness(record, standing);
  if (stale !== undefined || record === 'unreadable') {
    return { code: 'GATE_STALE', message: `${file} ${stale}`, fix: again };
  }
  const told = `wave ${wave}: ${record.verdict}: ${record.reason}`;
  if (record.verdict === 'FAIL') {
    return {
      code: 'GATE_FAILED',
      message: told,
      fix: `run breakwater rollback ${fleet} --class ${record.class} --reason TEXT, or write down why not to: --override REASON`,
    };
  }
  if (record.verdict === 'PASS') return undefined;
  return { code: 'GATE_INSUFFICIENT', message: told, fix: `wait for more evidence; then ${again}` };
}

/** What a record is about that is not what is asked, or from before it; `undefined` where there is nothing. */
function staleness(record: GateRecord, standing: Standing): string | undefined {
  const { digest, ...rest } = record;
  if (digestOf(rest) !== digest) return 'was edited: its digest is not that of its content';
  const { plan, state, class: name, step, judged, versionsOf } = standing;
  const asked = {
    fleet: plan.fleet,
    class: name,
    wave: judged.wave.name,
    release: step.release,
    settled: state.settled,
    versions: versionsOf(name, step.release),
    settledVersions: state.settled === null ? {} : versionsOf(name, state.settled),
    gate: plan.gate,
    treatment: judged.slices,
  };
  const other = (Object.keys(asked) as (keyof typeof asked)[]).find(
    (key) => canonical(record[key]) !== canonical(asked[key]),
  );
  if (other !== undefined) {
    const [was, is] = difference(record[other], asked[other]);
    return `is about another ${WORDS[other]}: ${was}, and now it is ${is}`;
  }
  return isOlder(record, standing);
}

const WORDS = {
  fleet: 'fleet',
  class: 'class',
  wave: 'wave',
  release: 'release',
  settled: 'settled release',
  versions: 'version',
  settledVersions: 'version of the settled release',
  gate: 'gate',
  treatment: 'part of the wave',
} as const;

const iso = (ms: number): string =>
  Number.isFinite(ms) ? new Date(ms).toISOString() : 'a time that does not exist';

/** Evidence must have been looked at after the slices moved, and, where the soak counts, when it was over. */
function isOlder(
  { evidence, treatment }: GateRecord,
  { class: name, step, judged, lastMove, early }: Standing,
): string | undefined {
  const ends = evidence.filter(({ slice }) => treatment.includes(slice)).map(({ to }) => Date.parse(to));
  const endMs = Math.min(...ends);
  const moved = treatment.map((slice: SliceName) => lastMove(name, slice));
  const last = Math.max(...moved.map((time) => time ?? Number.NEGATIVE_INFINITY));
  // Nothing tells when they moved: the soak has been waived then.
  if (!Number.isFinite(last)) return undefined;
  if (!(endMs > last)) return `ends at ${iso(endMs)}, and the slices have moved at ${iso(last)}`;
  if (early) return undefined;
  const source = { wave: judged.wave, slices: judged.slices };
  const { dueAt } = soakOf({ ...step, source, continues: false }, name, lastMove);
  return dueAt !== undefined && endMs < dueAt
    ? `ends at ${iso(endMs)}, before the soak of wave ${judged.wave.name} was over at ${iso(dueAt)}`
    : undefined;
}

/** The same text for the same value, whatever the order of keys. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, of: unknown) =>
    typeof of === 'object' && of !== null && !Array.isArray(of)
      ? Object.fromEntries(Object.entries(of).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : of,
  );

/** Of two values, told: of objects the first key that differs. */
function difference(was: unknown, is: unknown): readonly [string, string] {
  if (!isMapping(was) || !isMapping(is)) return [tell(was), tell(is)];
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  const key = keys.find((one) => canonical(was[one]) !== canonical(is[one]))!;
  return [`${key} ${tell(was[key])}`, tell(is[key])];
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function tell(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (Array.isArray(value)) return [...new Set([value[0], value.at(-1)])].join(' to ');
  return typeof value === 'string' ? value : canonical(value);
}
