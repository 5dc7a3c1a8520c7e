import { unaccountedLimit, watchMs } from '../../gate/collect.ts';
import type { Parts } from './parts.ts';
import type { RecordingRule } from './rule-file.ts';
import { number, QUESTION } from './vocabulary.ts';

/** What keeps the evidence from being judged: how many of each kind, above 0 where there is any. */
export function gapRules({ series, record, joined, arm, plan, gate }: Parts): RecordingRule[] {
  const ofClass = 'fleet, wave, class';
  const gap = (kind: string, vector: string, labels = {}): RecordingRule =>
    record('class:gap', `count by (${ofClass}) (${vector})`, { gap: kind, ...labels });
  const withDevices = `(${series('question:assigned')} > 0)`;
  const needed = watchMs(gate) / 1000;
  return [
    gap('nothing to compare', `${series('arm:assigned')} == 0`),
    gap(
      'slice not observed',
      `${withDevices} unless on (fleet, class, slice, workload, version) ${series('slice:since')}`,
    ),
    gap('more devices than assigned', `${series('question:seen')} > ${series('question:assigned')}`),
    gap(
      'requests without devices',
      `(${joined('slice:requests')} > 0) unless (${joined('slice:answered')} > 0)`,
    ),
    ...Object.entries(plan.classes).flatMap(([name, { offline }]) => {
      const of = (what: string): string => arm(what, 'treatment', `class="${name}"`);
      const inControl = (what: string): string => arm(what, 'control', `class="${name}"`);
      const limit = number(unaccountedLimit(offline));
      const unaccounted = gap(
        'devices unaccounted for',
        `${of('assigned')} - ${of('answered')} - ${of('overdue')} > ${limit} * ${of('assigned')}`,
        { class: name },
      );
      if (gate.offline?.treatAs === 'exclude') return [unaccounted];
      const silent = gap(
        'control does not answer',
        `${inControl('assigned')} - ${inControl('answered')} > ${limit} * ${inControl('assigned')}`,
        { class: name },
      );
      return [unaccounted, silent];
    }),
    gap(
      'watched too briefly',
      `time() - max by (${QUESTION}) ((${joined('slice:since')}) and ${withDevices}) < ${needed}`,
    ),
    record(
      'class:gap',
      `${series('question:cluster_size')} * 0 + on (fleet) group_left () sum by (fleet) (${series('wrong')}) > 0`,
      { gap: 'series that can not be' },
    ),
  ];
}
