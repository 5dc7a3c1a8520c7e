import { errorShares, silentShares } from '../../gate/expected-shares.ts';
import type { Shares } from '../../gate/sprt.ts';
import { byQuestion, onWave, type Parts } from './parts.ts';
import type { RecordingRule } from './rule-file.ts';
import { number, QUESTION } from './vocabulary.ts';

interface Rise {
  readonly metric: string;
  readonly shares: Shares;
  readonly failed: readonly [treatment: string, control: string];
  /** Independent observations in one assigned device. */
  readonly weight: (logRatio: string) => string;
  /** Independent observations in the treatment, and the share of them that failed. */
  readonly observed: string;
  readonly share: string;
  /** The class, where constants are one class's own. */
  readonly class?: string;
}

/** The log likelihood ratio of where failures fell, and that of their share against the healthy one. */
function riseRules({ series, record, arm }: Parts, of: Rise): RecordingRule[] {
  const { metric, shares } = of;
  const matchers = of.class === undefined ? [] : [`class="${of.class}"`];
  const labels = { metric, ...(of.class === undefined ? {} : { class: of.class }) };
  const riskRatio = shares.faulty / shares.healthy;
  const treated = arm('assigned', 'treatment', ...matchers);
  const controlled = arm('assigned', 'control', ...matchers);
  const both = `(${treated} > 0) and (${controlled} > 0)`;
  const less = series('test:in_control', `metric="${metric}"`, ...matchers);
  const bare = `sum by (${QUESTION}) (${less})`;
  const nothing = `0 * ${byQuestion(series('question:nothing', ...matchers))}`;
  const ratio = `(${of.failed[0]} * (${number(Math.log(riskRatio))} - ${bare}) - ${of.failed[1]} * ${bare})`;
  const ok = number(Math.log1p(-shares.faulty) - Math.log1p(-shares.healthy));
  return [
    record(
      'test:in_control',
      `ln(1 + ${number(riskRatio - 1)} * ${treated} / (${treated} + ${controlled}))\nand (${both})`,
      labels,
    ),
    record('test:log_odds', `${of.weight(ratio)}\nor ${nothing}`, labels),
    record(
      'test:by_baseline',
      `${of.observed} * (${of.share} * ${number(Math.log(shares.faulty / shares.healthy))} + (1 - ${of.share}) * ${ok})`,
      labels,
    ),
  ];
}

/** Failed requests. */
export function errorsRules(parts: Parts): RecordingRule[] {
  const { arm, series, gate } = parts;
  const failed = (of: 'treatment' | 'control'): string => `${arm('share', of)} * ${arm('assigned', of)}`;
  const perDevice = `${series('arm:observed')} / clamp_min(${series('arm:assigned')}, 1)`;
  return riseRules(parts, {
    metric: 'errors',
    shares: errorShares(gate),
    failed: [failed('treatment'), failed('control')],
    weight: (ratio) => `min by (${QUESTION}) (${perDevice})\n* ${ratio}`,
    observed: arm('observed', 'treatment'),
    share: arm('share', 'treatment'),
  });
}

/** Silent devices, of each class against what is expected of it. */
export const overdueRules = (parts: Parts): RecordingRule[] =>
  Object.entries(parts.plan.classes).flatMap(([name, { offline }]) => {
    const { arm, series, alike, gate } = parts;
    const matchers = [`class="${name}"`];
    const treated = arm('assigned', 'treatment', ...matchers);
    const overdue = arm('overdue', 'treatment', ...matchers);
    const each = `on (fleet, wave, class) group_left () (1 + ${alike})`;
    return riseRules(parts, {
      metric: 'overdue',
      shares: silentShares(gate, offline),
      failed: [overdue, arm('overdue', 'control', ...matchers)],
      weight: (ratio) => `${ratio}\n/ ${each}`,
      observed: `(${treated} / ${each})`,
      share: `(${overdue} / (${treated} > 0) or ${byQuestion(series('question:nothing', ...matchers))})`,
      class: name,
    });
  });

/** FAIL from above, PASS where failures fell as a good release's, or were surely as few. */
export function riseVerdict({ series, record, gate }: Parts): RecordingRule {
  const alpha = series('question:alpha');
  const beta = gate.beta / 2;
  const fail = onWave(`ln(${number(1 - beta)} / ${alpha})`);
  const pass = onWave(`ln(${number(beta)} / (1 - ${alpha}))`);
  const odds = series('test:log_odds', 'metric=~"errors|overdue"');
  const absolute = series('test:by_baseline');
  return record(
    'test:verdict',
    [
      `(${odds} >= bool ${fail})`,
      `- (${odds} < bool ${fail})`,
      `* clamp_max((${odds} <= bool ${pass}) + (${absolute} <= bool ${pass}) * (${odds} <= bool 0), 1)`,
    ].join('\n'),
  );
}
