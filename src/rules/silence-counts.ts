import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';

export default defineRule({
  id: 'silence-counts',
  on: 'fleet',
  severity: 'error',
  summary: 'A device that has been silent for too long counts as overdue.',
  why: 'A release that kills a device, or only its network, sends no failed request: it sends nothing. Where failures are a share of those that report, such a release looks perfect and goes on to everyone.',
  source: 'https://en.wikipedia.org/wiki/Survivorship_bias',
  since: '0.1.0',

  *check({ spec }) {
    const { overdueAfter, offline } = spec.rollout.gate;
    if (overdueAfter === undefined)
      yield {
        path: '/rollout/gate',
        message: 'no overdueAfter: a device that a release has silenced counts neither as good nor as bad',
        fix: "set gate.overdueAfter to the longest silence that is normal, for example '6h'",
      };
    if (offline?.treatAs === 'exclude')
      yield {
        path: '/rollout/gate/offline/treatAs',
        message:
          'offline devices are excluded: a release that silences every device it reaches leaves nothing to count',
        fix: "set gate.offline.treatAs to 'overdue'",
      };
  },

  examples: [
    { title: 'overdue after 6h', subject: exampleFleet(), expect: [] },
    {
      title: 'no word on silent devices',
      subject: exampleFleet({ rollout: { gate: { overdueAfter: undefined, offline: undefined } } }),
      expect: ['no overdueAfter: a device that a release has silenced counts neither as good nor as bad'],
    },
    {
      title: 'offline devices excluded',
      subject: exampleFleet({ rollout: { gate: { offline: { treatAs: 'exclude' } } } }),
      expect: [
        'offline devices are excluded: a release that silences every device it reaches leaves nothing to count',
      ],
    },
    {
      title: 'overdueAfter alone',
      subject: exampleFleet({ rollout: { gate: { offline: undefined } } }),
      expect: [],
    },
  ],
});
