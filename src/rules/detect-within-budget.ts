import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';
import { count, counted, points, ratioBelow } from './numbers.ts';

/** Below this no amount of evidence that a wave gathers tells a rise from the baseline; a judgement. */
const FINEST = 0.0001;

export default defineRule({
  id: 'detect-within-budget',
  on: 'fleet',
  severity: 'advice',
  summary: 'A rise that is too small for the gate harms no more devices than the budget allows.',
  why: 'What stays below `detect` passes every wave. On the whole fleet it can add up to more than a budget that was meant for the canary.',
  source: 'https://sre.google/sre-book/embracing-risk/',
  since: '0.1.0',

  *check({ spec, plan }) {
    const most = spec.rollout.budget?.maxHarmedDevices;
    const { gate } = spec.rollout;
    const { devices } = plan.total;
    if (gate.by === 'human' || most === undefined || devices === 0) return;
    const { detect } = gate;
    // Twelve digits: 0.07 * 100 is 7.000000000000001.
    const unseen = Math.floor(Number((detect * devices).toPrecision(12)));
    if (unseen <= most) return;
    yield {
      path: '/rollout/gate/detect',
      message: `a rise of just under ${points(detect)} passes the gate and harms up to ${count(unseen)} of ${counted(devices, 'device')}, where maxHarmedDevices is ${count(most)}`,
      fix:
        most / devices < FINEST
          ? 'raise budget.maxHarmedDevices to what can really be done without, or accept the rise with a reason'
          : `set gate.detect to ${ratioBelow(most / devices)}, which takes more evidence in every wave, or accept the rise with a reason`,
    };
  },

  examples: [
    { title: '1 point of 100,000 devices, a budget of 2,000', subject: exampleFleet(), expect: [] },
    {
      title: 'a budget of as many devices as may fail unseen',
      subject: exampleFleet({ rollout: { budget: { maxHarmedDevices: 1000 } } }),
      expect: [],
    },
    {
      title: 'a budget of one device less',
      subject: exampleFleet({ rollout: { budget: { maxHarmedDevices: 999 } } }),
      expect: [
        'a rise of just under 1 point passes the gate and harms up to 1,000 of 100,000 devices, where maxHarmedDevices is 999',
      ],
    },
  ],
});
