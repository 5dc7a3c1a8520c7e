import { defineRule } from '../check/rule.ts';
import { formatDuration, parseDuration } from '../fleet/units.ts';
import { exampleFleet } from './example-fleet.ts';

export default defineRule({
  id: 'soak-covers-silence',
  on: 'fleet',
  severity: 'error',
  summary: 'Every wave but the last soaks until a device that a release has silenced is overdue.',
  why: 'A dead device is noticed only after `overdueAfter`, and then within one window. A wave that soaks for less is promoted while the devices it killed still count as merely offline.',
  source: 'https://sre.google/workbook/canarying-releases/',
  since: '0.1.0',

  *check({ spec }) {
    const { waves, gate } = spec.rollout;
    if (gate.overdueAfter === undefined) return;
    const needed = parseDuration(gate.overdueAfter) + parseDuration(gate.window);
    for (const [index, { name, soak }] of waves.slice(0, -1).entries()) {
      if (soak === undefined || parseDuration(soak) >= needed) continue;
      yield {
        path: `/rollout/waves/${index}/soak`,
        message: `wave ${name} soaks ${soak}, but a silenced device is noticed after ${formatDuration(needed)}: overdueAfter ${gate.overdueAfter} and a window of ${gate.window}`,
        fix: `set the soak of wave ${name} to ${formatDuration(needed)} at least`,
      };
    }
  },

  examples: [
    { title: 'a day of soak, overdue after 6h', subject: exampleFleet(), expect: [] },
    {
      title: 'an hour of soak, overdue after 6h',
      subject: exampleFleet({
        rollout: {
          waves: [
            { name: 'canary', percent: 1, soak: '1h' },
            { name: 'rest', percent: 100 },
          ],
        },
      }),
      expect: [
        'wave canary soaks 1h, but a silenced device is noticed after 6h10m: overdueAfter 6h and a window of 10m',
      ],
    },
    {
      title: 'exactly long enough',
      subject: exampleFleet({
        rollout: {
          waves: [
            { name: 'canary', percent: 1, soak: '6h10m' },
            { name: 'rest', percent: 100 },
          ],
        },
      }),
      expect: [],
    },
  ],
});
