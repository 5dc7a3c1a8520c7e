import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';
import { count, counted, literal } from './numbers.ts';

export default defineRule({
  id: 'promotion-fits-slice',
  on: 'fleet',
  severity: 'advice',
  summary: 'No slice of a class has more devices than one promotion may move.',
  why: 'A slice is the smallest thing that a promotion can move. A slice above the limit moves whole, so the limit is not kept.',
  source: 'https://sre.google/workbook/canarying-releases/',
  since: '0.1.0',

  *check({ spec, plan }) {
    const most = spec.rollout.budget?.maxDevicesPerPromotion;
    if (most === undefined) return;
    const above = plan.slices
      .flatMap(({ name, classes }) =>
        Object.entries(classes).map(([inClass, { devices }]) => ({ name, inClass, devices })),
      )
      .filter(({ devices }) => devices > most);
    if (above.length === 0) return;
    const largest = above.reduce((a, b) => (b.devices > a.devices ? b : a));
    yield {
      path: '/rollout/budget/maxDevicesPerPromotion',
      classes: [...new Set(above.map(({ inClass }) => inClass))],
      message: `${counted(above.length, 'slice')} above maxDevicesPerPromotion of ${count(most)}: ${largest.name} of class ${largest.inClass} moves ${counted(largest.devices, 'device')} at once`,
      fix: `set budget.maxDevicesPerPromotion to ${literal(largest.devices)} or more, or accept that such slices move whole`,
    };
  },

  examples: [
    { title: 'slices of at most 5,000 devices, 10,000 at once', subject: exampleFleet(), expect: [] },
    {
      title: 'slices as large as the limit',
      subject: exampleFleet({ rollout: { budget: { maxDevicesPerPromotion: 5000 } } }),
      expect: [],
    },
    {
      title: 'a limit below the largest slices',
      subject: exampleFleet({ rollout: { budget: { maxDevicesPerPromotion: 4999 } } }),
      expect: [
        '19 slices above maxDevicesPerPromotion of 4,999: p010.00 of class n100 moves 5,000 devices at once',
      ],
    },
  ],
});
