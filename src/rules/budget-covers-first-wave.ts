import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';
import { count, counted, literal } from './numbers.ts';

export default defineRule({
  id: 'budget-covers-first-wave',
  on: 'fleet',
  severity: 'error',
  summary: 'The first wave has no more devices than a bad release may harm.',
  why: 'The first wave gets a release before any evidence about it exists. If the release is bad, every device of that wave is harmed before a gate can say so.',
  source: 'https://sre.google/workbook/canarying-releases/',
  since: '0.1.0',

  *check({ spec, plan }) {
    const most = spec.rollout.budget?.maxHarmedDevices;
    const first = plan.waves[0];
    if (most === undefined || first === undefined || first.total.devices <= most) return;
    yield {
      path: '/rollout/budget/maxHarmedDevices',
      affected: { clusters: Math.round(first.total.clusters), devices: Math.round(first.total.devices) },
      message: `wave ${first.name} alone has ${counted(first.total.devices, 'device')}, but maxHarmedDevices is ${count(most)}`,
      fix: `begin with a smaller percent, or set budget.maxHarmedDevices to ${literal(first.total.devices)} or more`,
    };
  },

  examples: [
    { title: 'a canary of 1,000 devices and a budget of 2,000', subject: exampleFleet(), expect: [] },
    {
      title: 'a canary as large as the budget',
      subject: exampleFleet({ rollout: { budget: { maxHarmedDevices: 1000 } } }),
      expect: [],
    },
    {
      title: 'a canary one device larger than the budget',
      subject: exampleFleet({ rollout: { budget: { maxHarmedDevices: 999 } } }),
      expect: ['wave canary alone has 1,000 devices, but maxHarmedDevices is 999'],
    },
  ],
});
