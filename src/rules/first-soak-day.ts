import { defineRule } from '../check/rule.ts';
import { parseDuration } from '../fleet/units.ts';
import { exampleFleet } from './example-fleet.ts';
import { judgedWaves } from '../gate/arms.ts';

const DAY = 24 * 3_600_000;

export default defineRule({
  id: 'first-soak-day',
  on: 'fleet',
  severity: 'warning',
  summary: 'The first wave soaks for a day.',
  why: 'Load, light and temperature follow the day. A release that was watched in the morning alone has not met the evening peak, nor the job that runs at night.',
  source: 'https://sre.google/workbook/canarying-releases/',
  since: '0.1.0',

  *check({ plan }) {
    const [first] = judgedWaves(plan);
    if (first === undefined || parseDuration(first.soak) >= DAY) return;
    yield {
      path: `/rollout/waves/${plan.waves.indexOf(first)}`,
      message: `wave ${first.name} soaks ${first.soak}, less than a day`,
      fix: `set the soak of wave ${first.name} to 24h or more`,
    };
  },

  examples: [
    { title: 'a day', subject: exampleFleet(), expect: [] },
    {
      title: 'a minute less',
      subject: exampleFleet({
        rollout: {
          waves: [
            { name: 'canary', percent: 1, soak: '23h59m' },
            { name: 'rest', percent: 100 },
          ],
        },
      }),
      expect: ['wave canary soaks 23h59m, less than a day'],
    },
  ],
});
