import { formatDuration, parseDuration } from '../fleet/units.ts';
import type { Plan, SliceName, TroubleKind } from '../plan/plan.ts';
import type { EvidenceRow, Trouble } from './evidence.ts';
import type { Question } from './question.ts';

/** What the slices of one arm showed of one workload. */
export interface Counts {
  readonly assigned: number;
  readonly reported: number;
  readonly overdue: number;
  readonly ok: number;
  readonly bad: number;
  /** By kind: devices; `undefined` where a slice did not observe it. */
  readonly trouble: Readonly<Record<keyof Trouble, number | undefined>>;
}

export const TROUBLES = [
  'nearMemoryLimit',
  'outOfMemory',
  'restarted',
  'slow',
] as const satisfies readonly TroubleKind[];

/** Both arms of one workload, and what is missing in them. */
export interface Collected {
  readonly workload: string;
  readonly treatment: Counts;
  readonly control: Counts;
  readonly gaps: readonly string[];
}

/** Clocks may be apart by so much. */
export const SKEW_MS = 300_000;
/** How old evidence may be where the gate does not say after which silence a device is overdue. */
export const DEFAULT_AGE = '1h';
/** Devices that neither answered nor are overdue may be twice those expected offline, or this share; a judgement. */
const UNACCOUNTED = 0.05;

/**
 * Share of the assigned devices that may neither answer with the release nor be overdue, and of the control's that may
 * not answer with the settled one.
 * @param offline share of devices expected offline
 */
export const unaccountedLimit = (offline: number): number => Math.max(2 * offline, UNACCOUNTED);

/**
 * How long both arms must be watched together, where silence counts.
 * @returns milliseconds
 */
export const watchMs = ({ window, overdueAfter = DEFAULT_AGE }: Plan['gate']): number =>
  Math.max(parseDuration(window), parseDuration(overdueAfter));

/** Add up a class's evidence by workload and arm, and say what is missing, stale or contradicts the plan. */
export function collect(
  question: Question,
  rows: readonly EvidenceRow[],
  plan: Plan,
  nowMs: number,
): Collected[] {
  const own = rows.filter((row) => row.class === question.class);
  const { versions, settledVersions } = question;
  const changed = Object.keys(versions).filter((name) => versions[name] !== settledVersions[name]);
  const workloads = [...new Set([...changed, ...own.map(({ workload }) => workload)])].toSorted();
  return workloads.map((workload) => {
    const of = own.filter((row) => row.workload === workload);
    const inArm = (slices: readonly SliceName[]): EvidenceRow[] =>
      of.filter(({ slice }) => slices.includes(slice));
    const treatment = countsOf(inArm(question.treatment), versions[workload]);
    const control = countsOf(inArm(question.control), settledVersions[workload]);
    return {
      workload,
      treatment,
      control,
      gaps: [
        ...gapsOf('', inArm(question.treatment), question.treatment, question.class, plan),
        ...gapsOf(' of the control', inArm(question.control), question.control, question.class, plan),
        ...unaccounted(treatment, plan.classes[question.class]!.offline),
        ...(judgesSilence(plan) ? silentControl(control, plan.classes[question.class]!.offline) : []),
        ...unwatched(inArm(question.treatment), inArm(question.control), plan, nowMs),
      ].map((gap) => `${workload}: ${gap}`),
    };
  });
}

/** Devices that are overdue count whatever they reported last: what a release silences often never reports it. */
function countsOf(rows: readonly EvidenceRow[], version: string | undefined): Counts {
  const current = rows.filter((row) => row.version === version);
  const bySlice = new Map(rows.map(({ slice, assigned }) => [slice, assigned]));
  const troubled = (kind: keyof Trouble): number | undefined =>
    current.length === 0 || current.some(({ trouble }) => trouble?.[kind] === undefined)
      ? undefined
      : total(current, ({ trouble }) => trouble![kind]!);
  return {
    assigned: [...bySlice.values()].reduce((sum, assigned) => sum + assigned, 0),
    reported: total(current, ({ reported }) => reported),
    overdue: total(rows, ({ overdue }) => overdue),
    ok: total(current, ({ ok }) => ok),
    bad: total(current, ({ bad }) => bad),
    trouble: {
      nearMemoryLimit: troubled('nearMemoryLimit'),
      outOfMemory: troubled('outOfMemory'),
      restarted: troubled('restarted'),
      slow: troubled('slow'),
    },
  };
}

const total = (rows: readonly EvidenceRow[], of: (row: EvidenceRow) => number): number =>
  rows.reduce((sum, row) => sum + of(row), 0);

function* gapsOf(
  arm: string,
  rows: readonly EvidenceRow[],
  slices: readonly SliceName[],
  className: string,
  plan: Plan,
): Iterable<string> {
  for (const slice of slices) {
    const of = rows.filter((row) => row.slice === slice);
    const planned = plan.slices.find(({ name }) => name === slice)!.classes[className]!;
    const [first] = of;
    if (first === undefined) {
      yield `nothing was observed of slice ${slice}${arm}, which has ${planned.devices} devices`;
      continue;
    }
    if (of.some(({ assigned }) => assigned !== first.assigned)) {
      yield `the rows of slice ${slice}${arm} disagree about how many devices it has`;
    } else if (plan.inventory === 'exact' && first.assigned !== planned.devices) {
      yield `slice ${slice}${arm} has ${planned.devices} devices in plan.json, ${first.assigned} in the evidence`;
    } else if (first.assigned < (planned.spread?.devices[0] ?? 0)) {
      yield `slice ${slice}${arm} has ${first.assigned} devices in the evidence, and at least ${planned.spread?.devices[0]} by plan.json`;
    }
    const seen = total(of, ({ reported, overdue }) => reported + overdue);
    if (seen > first.assigned) {
      yield `slice ${slice}${arm} has ${first.assigned} devices, and ${seen} answered or are overdue`;
    }
    if (of.some(({ reported, ok, bad }) => reported === 0 && ok + bad > 0)) {
      yield `slice ${slice}${arm} counts requests of a version that no device reported`;
    }
  }
}

function* unaccounted({ assigned, reported, overdue }: Counts, offline: number): Iterable<string> {
  const devices = assigned - reported - overdue;
  const allowed = unaccountedLimit(offline);
  if (assigned === 0 || devices <= allowed * assigned) return;
  yield `${devices} of ${assigned} devices neither run the release nor are overdue, more than ${percent(allowed)}`;
}

const judgesSilence = ({ gate }: Plan): boolean => gate.by !== 'human' && gate.offline?.treatAs !== 'exclude';

/**
 * A control that is silent itself hides what a release silences: the same rise is a smaller multiple of it, and of a
 * control that nobody hears any rise is none.
 */
function* silentControl({ assigned, reported }: Counts, offline: number): Iterable<string> {
  const devices = assigned - reported;
  const allowed = unaccountedLimit(offline);
  if (devices <= allowed * assigned) return;
  yield `${devices} of ${assigned} devices of the control do not answer with the settled release, more than ${percent(allowed)}`;
}

function* unwatched(
  treatment: readonly EvidenceRow[],
  control: readonly EvidenceRow[],
  plan: Plan,
  nowMs: number,
): Iterable<string> {
  const all = [...treatment, ...control];
  if (treatment.length === 0 || control.length === 0) return;
  const latestStart = Math.max(...all.map(({ from }) => Date.parse(from)));
  const firstEnd = Math.min(...all.map(({ to }) => Date.parse(to)));
  const lastEnd = Math.max(...all.map(({ to }) => Date.parse(to)));
  const { window, overdueAfter } = plan.gate;
  const needed = Math.max(
    parseDuration(window),
    overdueAfter === undefined ? 0 : parseDuration(overdueAfter),
  );
  // NaN, for a time that does not exist, is less than nothing.
  if (!(firstEnd - latestStart >= needed)) {
    yield `both arms were watched together for less than ${formatDuration(needed)}`;
  }
  const oldest = parseDuration(overdueAfter ?? DEFAULT_AGE);
  if (nowMs - firstEnd > oldest) {
    yield `it ends at ${iso(firstEnd)}, more than ${formatDuration(oldest)} ago`;
  }
  if (lastEnd > nowMs + SKEW_MS) yield `it ends at ${iso(lastEnd)}, in the future: a clock is wrong`;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** A ratio as people read it: `1.52 %`. */
export const percent = (ratio: number): string => `${Number((ratio * 100).toPrecision(3))} %`;
