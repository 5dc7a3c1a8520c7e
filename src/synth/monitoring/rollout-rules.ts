import { shareAlpha, clusterSizeOf, type Test } from '../../gate/decide.ts';
import { anyOf } from '../../gate/promql/selector.ts';
import { questionsOf, type Question, type VersionsOf } from '../../gate/question.ts';
import { plannedMetrics } from '../../gate/sequential.ts';
import type { StatisticalGate } from '../../fleet/spec.ts';
import type { PlanFile, Version } from '../../plan/plan.ts';
import { namedReleases } from '../../plan/named-releases.ts';
import type { RolloutState } from '../../plan/state.ts';
import { UserError } from '../../errors.ts';
import type { RecordingRule } from './rule-file.ts';
import { number, vocabularyOf, type Vocabulary } from './vocabulary.ts';

/** No version is called so: nothing answers with it. */
const NONE = 'none';

/** What a wave asks, of each class that has a new release on it. */
export interface Judged {
  readonly wave: string;
  readonly questions: readonly Question[];
}

/** The waves on which there is something to judge. */
export const judgedWaves = (state: RolloutState, plan: PlanFile, versionsOf: VersionsOf): Judged[] =>
  plan.waves.flatMap(({ name, slices }): Judged[] => {
    if (slices.length === 0) return [];
    try {
      return [{ wave: name, questions: questionsOf(state, plan, name, versionsOf) }];
    } catch (error) {
      if (error instanceof UserError && error.code === 'NOTHING_TO_JUDGE') return [];
      throw error;
    }
  });

/** What a gate looks at: workloads whose version changes, and those that send telemetry. */
export const workloadsOf = ({ versions, settledVersions }: Question, { metrics = {} }: PlanFile): string[] =>
  Object.keys(versions)
    .filter((name) => versions[name] !== settledVersions[name] || metrics[name] !== undefined)
    .toSorted();

/**
 * Where the rollout stands, as series: which versions there are, and which slices with which version stand on which
 * side of each wave's comparison. Everything else that is generated for Prometheus does without the rollout's state.
 *
 * @param gate absent where people decide
 */
export function rolloutRules(
  state: RolloutState,
  plan: PlanFile,
  versionsOf: VersionsOf,
  gate: StatisticalGate | undefined,
): RecordingRule[] {
  const words = vocabularyOf(plan.fleet);
  const judged = gate === undefined ? [] : judgedWaves(state, plan, versionsOf);
  return [
    ...versionRules(state, plan, versionsOf, words),
    ...judged.flatMap((of) => waveRules(of, plan, gate!, words)),
  ];
}

/** The versions of the releases that something names, each with its workload. */
function versionRules(
  state: RolloutState,
  plan: PlanFile,
  versionsOf: VersionsOf,
  { record }: Vocabulary,
): RecordingRule[] {
  return [...namedReleases(state, plan.wanted)].toSorted(byFirst).flatMap(([name, ids]) => {
    const found = new Map<Version, string>();
    for (const id of ids) {
      for (const [workload, version] of Object.entries(versionsOf(name, id))) found.set(version, workload);
    }
    return [...found]
      .filter(([, workload]) => plan.metrics?.[workload] !== undefined)
      .toSorted(byFirst)
      .map(([version, workload]) => record('version', 'vector(1)', { class: name, workload, version }));
  });
}

const byFirst = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : 1;

function waveRules(
  { wave, questions }: Judged,
  plan: PlanFile,
  gate: StatisticalGate,
  words: Vocabulary,
): RecordingRule[] {
  const { record } = words;
  const tests = questions.flatMap((question) =>
    workloadsOf(question, plan).flatMap((workload) =>
      plannedMetrics(gate, plan, workload).map((metric): Test => ({ workload, metric })),
    ),
  );
  const { alphaOfEach } = shareAlpha(gate, tests, questions.length);
  const sizes = questions.map(({ class: name, treatment }) => {
    const slices = plan.slices.filter((slice) => treatment.includes(slice.name));
    const size = number(clusterSizeOf(slices, name));
    return record('question:cluster_size', `vector(${size})`, { class: name, wave });
  });
  return [
    record('question:alpha', `vector(${number(alphaOfEach)})`, { wave }),
    ...sizes,
    ...questions.flatMap((question) =>
      workloadsOf(question, plan).flatMap((workload) => armRules(question, { workload, wave }, plan, words)),
    ),
  ];
}

/** Both sides of the comparison of one workload. */
function armRules(
  { class: name, treatment, control, versions, settledVersions }: Question,
  { workload, wave }: { readonly workload: string; readonly wave: string },
  { metrics }: PlanFile,
  { record, series }: Vocabulary,
): RecordingRule[] {
  const isHeard = metrics?.[workload] !== undefined;
  const arms = [
    { arm: 'treatment', slices: treatment, version: versions[workload] },
    { arm: 'control', slices: control, version: settledVersions[workload] },
  ] as const;
  return arms.flatMap(({ arm, slices, version = NONE }): RecordingRule[] => {
    const labels = { arm, class: name, wave, workload };
    // So that there is a number where nothing is heard: of a workload without telemetry nothing ever is.
    const nothing = record('question:nothing', 'vector(0)', labels);
    if (slices.length === 0 || !isHeard) return [nothing];
    const planned = series('slice:planned', `class="${name}"`, `slice=~"${anyOf(slices).pattern}"`);
    return [nothing, record('question:arm', `${planned} * 0 + 1`, { ...labels, version })];
  });
}
