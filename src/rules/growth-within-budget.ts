import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';
import { inFlight, judgedArms, largestSlice, realWaves, statisticsIn } from '../gate/arms.ts';
import { count, counted, literal, percent } from './numbers.ts';

/** Of no failure among n independent devices it follows, with 95 %, that no more than 3/n of all fail. */
const THREE = 3;

export default defineRule({
  id: 'growth-within-budget',
  on: 'fleet',
  severity: 'warning',
  summary: 'No wave is so much larger than the one before that what that one cannot show exceeds the budget.',
  why: 'Where none of n devices fails, up to 3/n of all may (with 95 %): a wave that is k times as large may harm 3k devices although the one before was perfect.',
  source: 'https://en.wikipedia.org/wiki/Rule_of_three_(statistics)',
  since: '0.1.0',

  *check({ spec, plan }) {
    const gate = statisticsIn(plan.gate);
    const most = spec.rollout.budget?.maxHarmedDevices;
    if (gate === undefined || most === undefined) return;
    const waves = realWaves(plan);
    const arms = judgedArms(plan, gate);
    for (const [index, next] of waves.slice(1).entries()) {
      const wave = waves[index]!;
      const shown = arms
        .filter((arm) => arm.wave === wave)
        .reduce((sum, { pass }) => sum + pass.observations.overdue, 0);
      const { devices, parts } = inFlight(plan, next);
      if (shown === 0) continue;
      const share = Math.min(1, THREE / shown);
      const harmed = Math.ceil(Number((share * devices).toPrecision(12)));
      if (harmed <= most) continue;
      const part = Math.floor(most / share / parts);
      yield {
        path: `/rollout/waves/${plan.waves.indexOf(next)}`,
        message: `wave ${next.name} moves ${counted(devices, 'device')} before it can be known what happens to them, after ${count(shown)} independent ones in wave ${wave.name}: were none of these harmed, up to ${percent(share)} of all still may be, ${counted(harmed, 'device')}, where maxHarmedDevices is ${count(most)}`,
        fix:
          part >= largestSlice(plan, next)
            ? `set budget.maxDevicesPerPromotion to ${literal(part)} or less`
            : `set budget.maxHarmedDevices to ${literal(harmed)} or more, or let wave ${wave.name} be larger`,
      };
    }
  },

  examples: [
    { title: '9,000 devices after 1,000, 40,000 after 9,000', subject: exampleFleet(), expect: [] },
    {
      title: '90,000 devices after 100',
      subject: exampleFleet({
        rollout: {
          waves: [
            { name: 'canary', percent: 0.1, soak: '24h' },
            { name: 'rest', percent: 100, pause: '7h' },
          ],
          budget: { maxHarmedDevices: 200 },
        },
      }),
      expect: [
        'wave rest moves 10,000 devices before it can be known what happens to them, after 100 independent ones in wave canary: were none of these harmed, up to 3 % of all still may be, 300 devices, where maxHarmedDevices is 200',
      ],
    },
    {
      title: 'as many as the budget allows',
      subject: exampleFleet({
        rollout: {
          waves: [
            { name: 'canary', percent: 0.1, soak: '24h' },
            { name: 'rest', percent: 100, pause: '7h' },
          ],
          budget: { maxHarmedDevices: 300 },
        },
      }),
      expect: [],
    },
  ],
});
