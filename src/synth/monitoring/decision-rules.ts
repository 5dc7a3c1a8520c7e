import type { StatisticalGate } from '../../fleet/spec.ts';
import { metricsWithoutTrouble } from '../../gate/sequential.ts';
import type { PlanFile } from '../../plan/plan.ts';
import { armRules } from './arm-rules.ts';
import { ceilingRules } from './ceiling-rules.ts';
import { gapRules } from './gap-rules.ts';
import { onWave, partsOf, type Parts } from './parts.ts';
import { errorsRules, overdueRules, riseVerdict } from './rise-rules.ts';
import type { RecordingRule } from './rule-file.ts';
import { troubleRules } from './trouble-rules.ts';
import { number } from './vocabulary.ts';

/**
 * The decision of `gate/decide.ts`, in PromQL: the same tests of the same counts, with constants that are worked out
 * beforehand. Verdicts are numbers: 1 FAIL, 0 INSUFFICIENT, -1 PASS.
 */
export function decisionRules(plan: PlanFile, gate: StatisticalGate): RecordingRule[] {
  const parts = partsOf(plan, gate);
  const { series, record } = parts;
  const metrics = metricsWithoutTrouble(gate);
  return [
    ...armRules(parts),
    ...errorsRules(parts),
    ...(metrics.includes('overdue') ? overdueRules(parts) : []),
    riseVerdict(parts),
    ...(metrics.includes('ceiling') ? ceilingRules(parts) : []),
    ...troubleRules(parts),
    ...gapRules(parts),
    record(
      'class:verdict',
      `max by (fleet, wave, class) (${series('test:verdict')} or ${series('class:gap')} * 0)`,
    ),
    ...together(parts),
  ];
}

/** Classes added up, where there are several: they can only FAIL. */
function together({ series, record, gate }: Parts): RecordingRule[] {
  const several = `count by (fleet, wave) (${series('question:cluster_size')}) > 1`;
  const fail = onWave(`ln(${number(1 - gate.beta)} / ${series('question:alpha')})`);
  return [
    record(
      'wave:log_odds',
      `sum by (fleet, wave, workload, metric) (${series('test:log_odds', 'metric!="ceiling"')})\nand on (fleet, wave) (${several})`,
    ),
    record(
      'wave:verdict',
      `max by (fleet, wave) (${series('class:verdict')} or group by (fleet, wave) (${series('wave:log_odds')} >= ${fail}))`,
    ),
  ];
}
