import { correlationOf } from '../../gate/expected-shares.ts';
import type { Parts } from './parts.ts';
import type { RecordingRule } from './rule-file.ts';
import { number, QUESTION, type Vocabulary } from './vocabulary.ts';

/** Slices added up by arm, with 0 where nothing is heard. */
export function armRules({ series, record, joined, gate, alike }: Parts): RecordingRule[] {
  const add = (vector: string): string =>
    `sum by (${QUESTION}, arm) (${vector})\nor ${series('question:nothing')}`;
  const { device } = correlationOf(gate);
  const each = series('arm:requests_per_device');
  return [
    record('question:assigned', onSlice(series, 'slice:assigned')),
    record(
      'question:seen',
      `${series('question:arm')} * on (fleet, class, slice, workload) group_left () ${series('slice:seen')}\nor ${series('question:arm')} * 0`,
    ),
    record('arm:assigned', add(series('question:assigned'))),
    record('arm:overdue', add(`clamp_min(${series('question:assigned')} - ${series('question:seen')}, 0)`)),
    record('arm:answered', add(joined('slice:answered'))),
    record('arm:requests', add(joined('slice:requests'))),
    record('arm:failed', add(joined('slice:failed'))),
    record(
      'arm:share',
      `${series('arm:failed')} / (${series('arm:requests')} > 0)\nor ${series('arm:requests')} * 0`,
    ),
    record('arm:requests_per_device', `${series('arm:requests')} / clamp_min(${series('arm:answered')}, 1)`),
    // Independent observations: requests of one device, and devices of one cluster, are alike.
    record(
      'arm:observed',
      [
        `${series('arm:answered')} * ${each}`,
        `/ (1 + clamp_min(${each} - 1, 0) * ${number(device)} + ${each} * on (fleet, wave, class) group_left () (${alike}))`,
      ].join('\n'),
    ),
  ];
}

const onSlice = (series: Vocabulary['series'], name: string): string =>
  `${series('question:arm')} * on (fleet, class, slice) group_left () ${series(name)}`;
