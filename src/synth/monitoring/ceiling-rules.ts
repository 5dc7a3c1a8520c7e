import { alternativesTo } from '../../gate/e-value.ts';
import { byQuestion, onWave, type Parts } from './parts.ts';
import type { RecordingRule } from './rule-file.ts';
import { number } from './vocabulary.ts';

/** The share of failed requests whatever the control: the e-value of `gate/e-value.ts`. */
export function ceilingRules({ series, record, arm, gate }: Parts): RecordingRule[] {
  const ceiling = gate.ceiling!;
  const shares = alternativesTo(ceiling);
  const observed = arm('observed', 'treatment');
  const share = arm('share', 'treatment');
  const bad = series('test:observed_bad');
  const ok = series('test:observed_ok');
  const terms = shares.map((alternative) => {
    const ofOk = number(Math.log((1 - alternative) / (1 - ceiling)));
    return `exp(${bad} * ${number(Math.log(alternative / ceiling))} + ${ok} * ${ofOk})`;
  });
  const odds = byQuestion(series('test:log_odds', 'metric="ceiling"'));
  const fail = onWave(`ln(1 / ${series('question:alpha')})`);
  return [
    record('test:observed_bad', `${observed} * ${share}`),
    record('test:observed_ok', `${observed} * (1 - ${share})`),
    record('test:log_odds', `ln((\n  ${terms.join('\n  + ')}\n) / ${shares.length})`, { metric: 'ceiling' }),
    record(
      'test:verdict',
      `(${odds} >= bool ${fail})\n+ (${odds} < bool ${fail}) * ((${share} > bool ${number(ceiling)}) - 1)`,
      { metric: 'ceiling' },
    ),
  ];
}
