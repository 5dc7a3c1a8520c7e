// The engine: lets rules look at a fleet or at files, and makes one report of what they say. Knows no rule.

import type { LoadedFleet } from '../fleet/loaded-fleet.ts';
import type { DateString } from '../fleet/units.ts';
import type { Plan } from '../plan/plan.ts';
import type { PlacedObject, Releases } from '../synth/manifests.ts';
import type { Affected, CheckReport } from './finding.ts';
import { subjectOf } from './pods.ts';
import { generatedAt, givenAt } from './places.ts';
import { loadPositions } from './positions.ts';
import { readYaml, type YamlFile } from './read-yaml.ts';
import { joinFindings, reportOf, type SingleFinding } from './report.ts';
import type { ChangeSubject, Rule, RolloutSubject } from './rule.ts';
import { RuleRun, type Hit } from './run-rules.ts';
import { loadSchemas, NEWEST_MINOR } from './schema-set.ts';
import { accepts, ignoresOf, isExpired, metBy } from './suppress.ts';

export { mergeReports } from './report.ts';

export interface CheckOptions {
  readonly rules: readonly Rule[];
  /** Decides which suppressions have expired. */
  readonly today: DateString;
}

/** All that is known of one fleet. */
export interface FleetInputs {
  readonly loaded: LoadedFleet;
  readonly plan: Plan;
  readonly releases: Releases;
  /** Absent where there is no rollout file yet. */
  readonly rollout?: RolloutSubject | undefined;
  /** Absent where there is no reference to compare with. */
  readonly change?: ChangeSubject | undefined;
}

/** Check one fleet: its definition and plan, each class's release, the rollout file, and the change. */
export async function checkFleet(inputs: FleetInputs, { rules, today }: CheckOptions): Promise<CheckReport> {
  const { loaded, plan, releases, rollout, change } = inputs;
  const { spec, images } = loaded;
  const run = new RuleRun(rules, spec.name);
  run.on('fleet', { spec, plan, built: loaded.built });
  for (const [name, release] of Object.entries(releases)) {
    const where = { class: name };
    const { objects } = release;
    const schemas = await loadSchemas(spec.classes[name]!.k3s, objects.map(apiVersionOf));
    run.on('objects', { objects, external: spec.external ?? {}, complete: true, schemas }, where);
    run.on('class', { spec, plan, class: name, release, images }, where);
  }
  if (rollout) run.on('rollout', rollout);
  else run.without('rollout', 'there is no rollout file yet');
  if (change) run.on('change', change);
  else run.without('change', 'there is no reference to compare with');

  const ignores = ignoresOf(spec);
  const used = new Set<string>();
  const suppressedBy = (hit: Hit): SingleFinding['suppressed'] => {
    const by = ignores.find((ignore) => !isExpired(ignore.entry, today) && accepts(ignore, hit));
    if (by === undefined) return undefined;
    used.add(by.path);
    const { reason, until } = by.entry;
    return { reason, ...(until === undefined ? {} : { until }) };
  };
  const suppressions = run.hits.map(suppressedBy);
  const ids = rules.map(({ id }) => id);
  run.on('ignores', {
    rules: ids,
    entries: ignores.map((ignore) => {
      const { rule } = ignore.entry;
      return metBy(ignore, used.has(ignore.path), {
        known: ids.includes(rule),
        judged: !run.unjudged.has(rule),
        today,
      });
    }),
  });

  const find = run.hits.some(({ finding }) => finding.at) ? await loadPositions() : undefined;
  const singles = run.hits.map((hit, index) => {
    const suppressed = suppressions[index];
    return {
      ...wordsOf(hit),
      fleet: spec.name,
      locations: [
        { role: 'source', file: loaded.file } as const,
        ...(hit.class === undefined ? [] : generatedAt(hit, spec.name, releases[hit.class]!, find)),
      ],
      affects: affectsOf(hit, plan),
      ...(suppressed ? { suppressed } : {}),
    };
  });
  const all = Object.values(releases);
  return reportOf(joinFindings(singles), run.notEvaluated, {
    fleets: 1,
    files: all.reduce((sum, { files }) => sum + files.size, 0),
    objects: all.reduce((sum, { objects }) => sum + objects.length, 0),
  });
}

/** A text file that was given. */
export interface GivenFile {
  /** Path from the working folder, with `/`. */
  readonly file: string;
  readonly text: string;
}

const NO_FLEET = 'files that are given alone belong to no fleet';

/** Check YAML or JSON files as one set of objects. */
export async function checkFiles(
  given: readonly GivenFile[],
  { rules }: Pick<CheckOptions, 'rules'>,
): Promise<CheckReport> {
  const files: YamlFile[] = [];
  for (const { file, text } of given) files.push(await readYaml(file, text));
  const objects = files.flatMap((file) => file.objects);
  const run = new RuleRun(rules);
  for (const { file, objects, problems } of files) {
    run.on('file', { file, objects: objects.length, problems }, { file });
  }
  const schemas = await loadSchemas(NEWEST_MINOR, objects.map(apiVersionOf));
  run.on('objects', { objects, external: undefined, complete: false, schemas });
  for (const kind of ['fleet', 'class', 'rollout', 'change'] as const) run.without(kind, NO_FLEET);

  const find = run.hits.some(({ finding }) => finding.at) ? await loadPositions() : undefined;
  const byName = new Map(files.map((file) => [file.file, file]));
  const singles = run.hits.map((hit) => ({
    ...wordsOf(hit),
    locations: [givenAt(hit, byName, find)],
    affects: new Map(),
  }));
  return reportOf(joinFindings(singles), run.notEvaluated, {
    fleets: 0,
    files: given.length,
    objects: objects.length,
  });
}

const apiVersionOf = ({ object }: PlacedObject): string => object.apiVersion;

function wordsOf({ rule, finding }: Hit): Omit<SingleFinding, 'locations' | 'affects'> {
  const { path, message, fix, at } = finding;
  const { id, severity, why } = rule;
  return { rule: id, severity, message, fix, why, path, ...(at ? { object: subjectOf(at.object) } : {}) };
}

/** How many a finding touches, by class: the class it was found in, those it names, or the whole fleet. */
function affectsOf({ rule, finding, class: name }: Hit, plan: Plan): ReadonlyMap<string, Affected> {
  // What an entry accepts is counted where it was found.
  if (rule.on === 'ignores') return new Map();
  if (finding.affected) return new Map([[name ?? '', finding.affected]]);
  const names = name === undefined ? (finding.classes ?? Object.keys(plan.classes)) : [name];
  return new Map(
    names.flatMap((name) => {
      const count = plan.classes[name];
      return count ? [[name, { clusters: count.clusters, devices: count.devices }] as const] : [];
    }),
  );
}
