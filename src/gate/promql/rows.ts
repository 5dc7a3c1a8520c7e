import type { SliceName, Version } from '../../plan/plan.ts';
import type { EvidenceRow } from '../evidence.ts';
import type { Question } from '../question.ts';
import { watchedSince, type Heard } from './watched.ts';

/** What was answered about one workload of one class. */
export interface Asked {
  readonly answered: ReadonlyMap<SliceName, ReadonlyMap<Version, number>>;
  readonly seen: ReadonlyMap<SliceName, number>;
  readonly requests: ReadonlyMap<SliceName, ReadonlyMap<Version, number>>;
  readonly failed: ReadonlyMap<SliceName, ReadonlyMap<Version, number>>;
  readonly heard: Heard;
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
  return [...expected].flatMap(([slice, version]): EvidenceRow[] => {
    if (version === undefined) return [];
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
      { ...place, version, ...counted, reported, overdue, ok: requests - bad, bad },
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
