import { TROUBLES } from '../../gate/collect.ts';
import { errorShares } from '../../gate/expected-shares.ts';
import { countBy, DEVICE, groupBy, type Look } from '../../gate/promql/series.ts';
import { lately, OBSERVED, signsOf } from '../../gate/promql/trouble.ts';
import type { PlanFile, PlannedTrouble, TroubleKind } from '../../plan/plan.ts';
import { byQuestion, onWave, type Parts } from './parts.ts';
import type { RecordingRule } from './rule-file.ts';
import { number, QUESTION, type Vocabulary } from './vocabulary.ts';

const AGENT = [...DEVICE, 'version'];

/** What each workload that has any watches beside requests. */
const watchedOf = ({ metrics = {} }: PlanFile): [string, [TroubleKind, PlannedTrouble][]][] =>
  Object.entries(metrics).flatMap(([workload, { trouble = {} }]) => {
    const kinds = TROUBLES.flatMap((kind): [TroubleKind, PlannedTrouble][] =>
      trouble[kind] === undefined ? [] : [[kind, trouble[kind]]],
    );
    return kinds.length === 0 ? [] : [[workload, kinds]];
  });

/** Devices of each slice on which something is wrong, and of which that is known, by kind. */
export function troubleCounts(
  plan: PlanFile,
  look: Look,
  { record }: Vocabulary,
  ours: (vector: string, ...matchers: readonly string[]) => string,
): RecordingRule[] {
  const classes = Object.keys(plan.classes);
  const rules: RecordingRule[] = [];
  for (const [workload, kinds] of watchedOf(plan)) {
    const devices = (vector: string): string =>
      countBy(
        ['class', 'slice', 'workload', 'version'],
        ours(groupBy(AGENT, vector), `workload="${workload}"`),
      );
    rules.push(record('slice:lately', devices(lately(look))));
    for (const [kind, planned] of kinds) {
      const { troubled, observed } = signsOf(kind, planned, look, classes);
      rules.push(
        record('slice:trouble', devices(troubled), { trouble: kind }),
        record('slice:observed', devices(observed), { trouble: kind }),
      );
    }
  }
  return rules;
}

/** Trouble against the control's: it can only FAIL, and where too few devices tell of it nothing is said. */
export function troubleRules(parts: Parts): RecordingRule[] {
  const watched = watchedOf(parts.plan);
  const kinds = TROUBLES.filter((kind) => watched.some(([, all]) => all.some(([one]) => one === kind)));
  const arms = watched.flatMap(([workload, all]) => armRules(workload, all, parts));
  return [...arms, ...kinds.flatMap((kind) => testRules(kind, parts))];
}

/** Slices of one workload added up by arm, with 0 where nothing is heard. */
function armRules(
  workload: string,
  kinds: readonly [TroubleKind, PlannedTrouble][],
  { series, record, joined }: Parts,
): RecordingRule[] {
  const of = `workload="${workload}"`;
  const add = (vector: string): string =>
    `sum by (${QUESTION}, arm) (${vector})\nor ${series('question:nothing', of)}`;
  const rules = [record('arm:lately', add(joined('slice:lately', of)))];
  for (const [kind] of kinds) {
    const slices = (name: string): string => add(joined(name, `trouble="${kind}"`, of));
    rules.push(
      record('arm:trouble', slices('slice:trouble'), { trouble: kind }),
      record('arm:observed_trouble', slices('slice:observed'), { trouble: kind }),
    );
  }
  return rules;
}

function testRules(kind: TroubleKind, { series, record, arm, alike, gate }: Parts): RecordingRule[] {
  const { healthy, faulty } = errorShares(gate);
  const of = `trouble="${kind}"`;
  const metric = `metric="${kind}"`;
  const known = (['treatment', 'control'] as const).map((side) => {
    const observed = arm('observed_trouble', side, of);
    return `(${observed} > bool 0) * (${observed} >= bool ${OBSERVED} * ${arm('lately', side)})`;
  });
  const observed = byQuestion(series('test:observed', metric));
  // Of the same rise as of errors, so that the arms' sizes weigh the same.
  const inControl = byQuestion(series('test:in_control', 'metric="errors"'));
  const inTreatment = `(${number(Math.log(faulty / healthy))} - ${inControl})`;
  const ratio = `(${arm('trouble', 'treatment', of)} * ${inTreatment} - ${arm('trouble', 'control', of)} * ${inControl})`;
  const odds = byQuestion(series('test:log_odds', metric));
  const fail = onWave(`ln(${number(1 - gate.beta)} / ${series('question:alpha')})`);
  return [
    record('test:observed', known.join('\n* '), { metric: kind }),
    record(
      'test:log_odds',
      `${observed}\n* ${ratio}\n/ on (fleet, wave, class) group_left () (1 + ${alike})\nor 0 * ${observed}`,
      { metric: kind },
    ),
    record('test:verdict', `${observed}\n* ((${odds} >= bool ${fail}) - (${odds} < bool ${fail}))`, {
      metric: kind,
    }),
  ];
}
