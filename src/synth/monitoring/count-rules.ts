import { formatDuration, parseDuration } from '../../fleet/units.ts';
import { DEFAULT_AGE, watchMs } from '../../gate/collect.ts';
import { prometheusDuration } from '../../gate/promql/duration.ts';
import {
  answered,
  answering,
  countBy,
  DEVICE,
  groupBy,
  grown,
  known,
  OURS,
  sumBy,
  wrong,
  type Look,
} from '../../gate/promql/series.ts';
import { selectorsOf } from '../../gate/promql/trouble.ts';
import type { PlanFile } from '../../plan/plan.ts';
import type { RecordingRule } from './rule-file.ts';
import { troubleCounts } from './trouble-rules.ts';
import { IN_SLICE, INTERVAL, vocabularyOf, type Vocabulary } from './vocabulary.ts';

const AGENT = [...DEVICE, 'version'];
const SITE = ['cluster', 'class', 'slice', 'workload', 'version'];

/** What the devices of each site, and then of each slice, show of each version. */
export function countRules(plan: PlanFile): RecordingRule[] {
  const { window, overdueAfter = DEFAULT_AGE } = plan.gate;
  const words = vocabularyOf(plan.fleet);
  const { series, record } = words;
  const look: Look = {
    matchers: OURS,
    window: prometheusDuration(window),
    overdueAfter: prometheusDuration(overdueAfter),
  };
  /** Only versions of this fleet, each with its workload. */
  const ours = (vector: string, ...matchers: readonly string[]): string =>
    `${vector}\n  * on (class, version) group_left (workload) ${series('version', ...matchers)}`;
  const heard = ours(groupBy(AGENT, answered(look)));
  const counters = Object.entries(plan.metrics ?? {}).flatMap(([workload, { requests, errors }]) =>
    (['requests', 'failed'] as const).map((name) =>
      record(
        `site:${name}`,
        ours(
          sumBy(['cluster', 'class', 'slice', 'version'], grown(name === 'failed' ? errors : requests, look)),
          `workload="${workload}"`,
        ),
      ),
    ),
  );
  const inSlice = IN_SLICE.split(', ');
  const failed = sumBy(inSlice, series('site:failed'));
  return [
    record('site:answered', countBy(SITE, heard)),
    record(
      'site:seen',
      countBy(['cluster', 'class', 'slice', 'workload'], groupBy([...DEVICE, 'workload'], heard)),
    ),
    ...counters,
    record('slice:answered', sumBy(inSlice, series('site:answered'))),
    record('slice:seen', sumBy(['fleet', 'class', 'slice', 'workload'], series('site:seen'))),
    record('slice:requests', sumBy(inSlice, series('site:requests'))),
    // Never more than were asked: Prometheus extrapolates both.
    record(
      'slice:failed',
      `(${failed} <= ${series('slice:requests')})\nor (${series('slice:requests')} and ${failed})`,
    ),
    record('slice:assigned', assigned(plan, words)),
    record(
      'slice:answering',
      countBy(['class', 'slice', 'workload', 'version'], ours(groupBy(AGENT, answering(look)))),
    ),
    record('slice:since', since(plan, words)),
    ...troubleCounts(plan, look, words, ours),
    ...wrongRules(plan, look, words),
  ];
}

/** Devices of each slice: of the inventory, or, where it only counts, those that were heard and no fewer than are planned. */
function assigned({ inventory }: PlanFile, { series }: Vocabulary): string {
  const planned = series('slice:planned');
  if (inventory === 'exact') return planned;
  const heard = groupBy(
    DEVICE,
    known({ matchers: OURS }) + '\n  and on (class, version) ' + series('version'),
  );
  return [
    `(${planned} * 0 + on (class, slice) group_left () ${countBy(['class', 'slice'], heard)} > ${planned})`,
    `or ${planned}`,
  ].join('\n');
}

/**
 * Since when each slice is watched with each version, in seconds since the epoch: kept while the slice answers with
 * it, or says nothing for no longer than it must be watched; forgotten while nothing is heard of the class, and where
 * the rules are not evaluated for five minutes.
 */
function since({ gate }: PlanFile, { series }: Vocabulary): string {
  const before = series('slice:since');
  const answers = series('slice:answering');
  const lately = prometheusDuration(formatDuration(watchMs(gate) + parseDuration(INTERVAL)));
  return [
    '(',
    `  (`,
    `    (${before} and ${answers})`,
    `    or`,
    `    (${before} and max_over_time(${answers}[${lately}]) unless on (fleet, class, slice, workload) ${answers})`,
    `  )`,
    `  and on (fleet, class, workload) ${answers}`,
    ')',
    `or (${answers} * 0 + time())`,
  ].join('\n');
}

/** How many series of each kind can not be. While there are any, nothing passes. */
function wrongRules(plan: PlanFile, look: Look, { series, record }: Vocabulary): RecordingRule[] {
  const selectors = Object.values(plan.metrics ?? {}).flatMap(selectorsOf);
  const ofFleet = `on (version) ${series('version')}`;
  const { version } = look.matchers;
  const elsewhere = `${groupBy(['class', 'slice', 'version'], answering({ matchers: { version: version! } }))}\n  unless on (class, slice) ${series('slice:planned')}`;
  return Object.entries({ ...wrong(selectors, look), 'unknown place': elsewhere }).map(([kind, expression]) =>
    record('wrong', `count((${expression})\n  and ${ofFleet})`, { kind }),
  );
}
