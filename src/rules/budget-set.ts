import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';
import { counted } from './numbers.ts';

export default defineRule({
  id: 'budget-set',
  on: 'fleet',
  severity: 'warning',
  summary: 'The rollout says how many devices a bad release may harm.',
  why: 'Percents hide what a failure costs: 1 % of a million devices is a town. A budget in devices is what waves and gates are measured against.',
  source: 'https://sre.google/sre-book/embracing-risk/',
  since: '0.1.0',

  *check({ spec, plan }) {
    if (spec.rollout.budget?.maxHarmedDevices !== undefined) return;
    const first = plan.waves[0];
    if (first === undefined) return;
    yield {
      path: spec.rollout.budget === undefined ? '/rollout' : '/rollout/budget',
      message: `no maxHarmedDevices: nothing says whether the ${counted(first.total.devices, 'device')} of wave ${first.name} may be lost`,
      fix: 'set budget.maxHarmedDevices to the number of devices that the business can do without',
    };
  },

  examples: [
    { title: 'a budget', subject: exampleFleet(), expect: [] },
    {
      title: 'no budget',
      subject: exampleFleet({ rollout: { budget: undefined } }),
      expect: ['no maxHarmedDevices: nothing says whether the 1,000 devices of wave canary may be lost'],
    },
  ],
});
