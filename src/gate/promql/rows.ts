import type { SliceName, TroubleKind, Version } from '../../plan/plan.ts';
import type { EvidenceRow, Trouble } from '../evidence.ts';
import type { Question } from '../question.ts';
import { OBSERVED } from './trouble.ts';
import { watchedSince, type Heard } from './watched.ts';

/** Devices by slice and version. */
type Devices = ReadonlyMap<SliceName, ReadonlyMap<Version, number>>;

/** What was answered about one workload of one class. */
export interface Asked {
  readonly answered: Devices;
  readonly seen: ReadonlyMap<SliceName, number>;
  readonly requests: Devices;
  readonly failed: Devices;
  readonly heard: Heard;
  /** Devices that answered within the window. */
  readonly lately: Devices;
  /** By kind: devices of which it is known, and those on which it went wrong. */
  readonly trouble: ReadonlyMap<TroubleKind, { readonly observed: Devices; readonly troubled: Devices }>;
}

/** Against what it is counted. */
export interface Counted {
  /** Devices of each slice. */
  readonly assigned: ReadonlyMap<SliceName, number>;
  readonly nowMs: number;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** One row for the version that each slice of both arms is to run, and one for each other that it answers with. */
export function rowsOf(
  question: Question,
  workload: string,
  asked: Asked,
  { assigned, nowMs }: Counted,
): EvidenceRow[] {
  const { treatment, control, versions, settledVersions } = question;
  const expected = new Map<SliceName, Version | undefined>([
    ...control.map((slice) => [slice, settledVersions[workload]] as const),
    ...treatment.map((slice) => [slice, versions[workload]] as const),
  ]);
  const ofTreatment = troubleIn(asked, treatment, versions[workload]);
  const ofControl = troubleIn(asked, control, settledVersions[workload]);
  return [...expected].flatMap(([slice, version]): EvidenceRow[] => {
    if (version === undefined) return [];
    const trouble = (treatment.includes(slice) ? ofTreatment : ofControl)(slice);
    const devices = assigned.get(slice) ?? 0;
    // A slice that hashing left without devices has nothing that could be watched.
    const from = devices === 0 ? asked.heard.stepsMs[0]! : watchedSince(asked.heard, slice, version);
    const place = { class: question.class, slice, workload };
    const counted = { from: iso(from), to: iso(nowMs), assigned: devices };
    const seen = asked.seen.get(slice) ?? 0;
    const requests = asked.requests.get(slice)?.get(version) ?? 0;
    const bad = Math.min(requests, asked.failed.get(slice)?.get(version) ?? 0);
    const reported = asked.answered.get(slice)?.get(version) ?? 0;
    const overdue = Math.max(0, devices - seen);
    const rows: EvidenceRow[] = [
      {
        ...place,
        version,
        ...counted,
        reported,
        overdue,
        ok: requests - bad,
        bad,
        ...(trouble === undefined ? {} : { trouble }),
      },
    ];
    // A device that was updated in the meantime answered with both versions: it runs the expected one.
    let left = seen - reported;
    for (const [other, count] of asked.answered.get(slice) ?? []) {
      const more = other === version ? 0 : Math.min(count, left);
      left -= more;
      if (more > 0)
        rows.push({ ...place, version: other, ...counted, reported: more, overdue: 0, ok: 0, bad: 0 });
    }
    return rows;
  });
}

/**
 * Trouble of each slice of an arm. A kind that hardly any of the arm's devices tell of is not observed in any of its
 * slices: then nothing passes.
 */
function troubleIn(
  { lately, trouble }: Asked,
  slices: readonly SliceName[],
  version: Version | undefined,
): (slice: SliceName) => Trouble | undefined {
  const of = (devices: Devices, slice: SliceName): number =>
    (version === undefined ? undefined : devices.get(slice)?.get(version)) ?? 0;
  const all = (devices: Devices): number => slices.reduce((sum, slice) => sum + of(devices, slice), 0);
  const known = [...trouble].filter(([, { observed }]) => {
    const seen = all(observed);
    return seen > 0 && seen >= OBSERVED * all(lately);
  });
  return (slice) =>
    known.length === 0
      ? undefined
      : Object.fromEntries(known.map(([kind, { troubled }]) => [kind, of(troubled, slice)]));
}
