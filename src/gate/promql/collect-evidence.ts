import { formatDuration } from '../../fleet/units.ts';
import type {
  Plan,
  PlannedMetrics,
  PlannedTrouble,
  SliceName,
  TroubleKind,
  Version,
} from '../../plan/plan.ts';
import { DEFAULT_AGE, SKEW_MS, watchMs } from '../collect.ts';
import type { Evidence, EvidenceRow } from '../evidence.ts';
import type { Question } from '../question.ts';
import type { PrometheusClient, Sample } from './client.ts';
import { prometheusDuration } from './duration.ts';
import { refuse, refuseUnknown, refuseWrong } from './refusals.ts';
import { rowsOf, type Asked } from './rows.ts';
import { anyOf, type Matchers } from './selector.ts';
import {
  answered,
  answering,
  countBy,
  DEVICE,
  groupBy,
  grown,
  known,
  sumBy,
  wrong,
  type Look,
} from './series.ts';
import { lately, selectorsOf, signsOf } from './trouble.ts';
import { heardFrom } from './watched.ts';

/** Longest time between two looks at whether the hub was there. In milliseconds. */
const STEP_MS = 300_000;

export interface CollectRequest {
  readonly plan: Plan;
  readonly questions: readonly Question[];
  /** By class and workload: every version that a stored release names. */
  readonly versions: (className: string) => Readonly<Record<string, readonly Version[]>>;
  readonly client: PrometheusClient;
  /** In milliseconds since the epoch, by the clock of this machine. */
  readonly nowMs: number;
}

/** What was collected, and the hub's time of it. */
export interface Collection {
  readonly evidence: Evidence;
  readonly nowMs: number;
}

/**
 * Ask Prometheus for what a wave's questions need, all at one time of its own clock.
 *
 * Devices are counted against the plan: those it assigns that did not answer in time are overdue, whether they were
 * ever heard or not. Where the inventory only counts, a device is assigned for a week after it was heard last, and
 * never fewer than the plan's lower bound are.
 *
 * @throws UserError `EVIDENCE` for series that cannot be, for labels that the plan does not know and for clocks that
 *   are apart; and what the client throws
 */
export async function collectEvidence(request: CollectRequest): Promise<Collection> {
  const { plan, questions, client } = request;
  const nowMs = await client.now();
  const apart = Math.abs(nowMs - request.nowMs);
  if (!(apart <= SKEW_MS)) {
    refuse(
      `Prometheus' clock and this machine's are ${formatDuration(Math.round(apart / 1000) * 1000)} apart`,
      'set the clock that is wrong',
    );
  }
  const rows: EvidenceRow[] = [];
  for (const question of questions) {
    const versions = request.versions(question.class);
    const assigned = await assignedTo(question, versions, plan, client, nowMs);
    for (const [workload, metrics] of Object.entries(plan.metrics ?? {})) {
      const named = versions[workload] ?? [];
      if (!(workload in question.versions) || named.length === 0) continue;
      const asked = await ask({ question, named, metrics, plan, client, nowMs });
      rows.push(...rowsOf(question, workload, asked, { assigned, nowMs }));
    }
  }
  return { evidence: { schemaVersion: 1, fleet: plan.fleet, rows }, nowMs };
}

interface Ask {
  readonly question: Question;
  readonly named: readonly Version[];
  readonly metrics: PlannedMetrics;
  readonly plan: Plan;
  readonly client: PrometheusClient;
  readonly nowMs: number;
}

async function ask({ question, named, metrics, plan, client, nowMs }: Ask): Promise<Asked> {
  const { window, overdueAfter = DEFAULT_AGE } = plan.gate;
  const version = anyOf(named);
  await refuseUnknown({ version }, plan, client, nowMs);
  const look: Look = {
    matchers: { class: question.class, version },
    window: prometheusDuration(window),
    overdueAfter: prometheusDuration(overdueAfter),
  };
  await refuseWrong(wrong(selectorsOf(metrics), look), client, nowMs);
  const byVersion = async (expression: string): Promise<Map<SliceName, Map<Version, number>>> =>
    nested(await client.query(expression, nowMs));
  const needed = watchMs(plan.gate);
  const stepMs = Math.max(1000, Math.min(STEP_MS, Math.floor(needed / 12_000) * 1000));
  const steps = Math.ceil(needed / stepMs);
  const stepsMs = Array.from({ length: steps + 1 }, (_, index) => nowMs - (steps - index) * stepMs);
  const spoken = countBy(['slice', 'version'], groupBy([...DEVICE, 'version'], answering(look)));
  const devices = (vector: string): Promise<Map<SliceName, Map<Version, number>>> =>
    byVersion(countBy(['slice', 'version'], groupBy([...DEVICE, 'version'], vector)));
  const trouble = Object.entries(metrics.trouble ?? {}) as [TroubleKind, PlannedTrouble][];
  return {
    answered: await devices(answered(look)),
    seen: bySlice(await client.query(countBy(['slice'], groupBy(DEVICE, answered(look))), nowMs)),
    requests: await byVersion(sumBy(['slice', 'version'], grown(metrics.requests, look))),
    failed: await byVersion(sumBy(['slice', 'version'], grown(metrics.errors, look))),
    heard: heardFrom(
      await client.queryRange(spoken, { startMs: stepsMs[0]!, endMs: nowMs, stepMs }),
      stepsMs,
    ),
    lately: trouble.length === 0 ? new Map() : await devices(lately(look)),
    trouble: new Map(
      await Promise.all(
        trouble.map(async ([kind, planned]) => {
          const { observed, troubled } = signsOf(kind, planned, look, [question.class]);
          return [kind, { observed: await devices(observed), troubled: await devices(troubled) }] as const;
        }),
      ),
    ),
  };
}

const bySlice = (samples: readonly Sample[]): Map<SliceName, number> =>
  new Map(samples.map(({ labels, value }) => [labels['slice']!, value]));

function nested(samples: readonly Sample[]): Map<SliceName, Map<Version, number>> {
  const found = new Map<SliceName, Map<Version, number>>();
  for (const { labels, value } of samples) {
    const slice = labels['slice']!;
    found.set(slice, (found.get(slice) ?? new Map<Version, number>()).set(labels['version']!, value));
  }
  return found;
}

/** Devices of each slice that has any: as the inventory names them, or as they were heard where it only counts. */
async function assignedTo(
  question: Question,
  versions: Readonly<Record<string, readonly Version[]>>,
  plan: Plan,
  client: PrometheusClient,
  nowMs: number,
): Promise<ReadonlyMap<SliceName, number>> {
  const slices = new Set([...question.treatment, ...question.control]);
  const planned = plan.slices.filter(({ name }) => slices.has(name));
  const ofPlan = planned.map(({ name, classes }) => [name, classes[question.class]!] as const);
  if (plan.inventory === 'exact') return new Map(ofPlan.map(([name, { devices }]) => [name, devices]));
  const matchers: Matchers = { class: question.class, version: anyOf(Object.values(versions).flat()) };
  const heard = bySlice(await client.query(countBy(['slice'], groupBy(DEVICE, known({ matchers }))), nowMs));
  return new Map(
    ofPlan.map(([name, { devices, spread }]) => [
      name,
      Math.max(heard.get(name) ?? 0, spread?.devices[0] ?? devices),
    ]),
  );
}
