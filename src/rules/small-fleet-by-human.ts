import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';
import { statisticsIn } from '../gate/arms.ts';
import { counted } from './numbers.ts';

/** Below this no wave but the last tells a rise of some percent from none; a judgement. */
const LEAST = 1000;

export default defineRule({
  id: 'small-fleet-by-human',
  on: 'fleet',
  severity: 'warning',
  summary: 'In a fleet of less than a thousand devices people decide.',
  why: 'The canary of a small fleet is a handful of devices: whatever a test says of them is chance. A look at each one, and a pause before the next wave, is worth more than a number that looks exact.',
  source: 'https://en.wikipedia.org/wiki/Rule_of_three_(statistics)',
  since: '0.1.0',

  *check({ plan }) {
    const { devices } = plan.total;
    const gate = statisticsIn(plan.gate);
    if (gate === undefined || devices === 0 || devices >= LEAST) return;
    const overdue = gate.overdueAfter === undefined ? '' : `, overdueAfter: '${gate.overdueAfter}'`;
    yield {
      path: '/rollout/gate',
      message: `${counted(devices, 'device')} are too few for statistics, and the gate asks for some`,
      fix: `let people look at each wave: gate: { by: 'human', window: '${gate.window}'${overdue} }`,
    };
  },

  examples: [
    { title: '100,000 devices', subject: exampleFleet(), expect: [] },
    {
      title: 'a thousand devices',
      subject: exampleFleet({
        inventory: [{ class: 'n100', region: 'eu', clusters: 1000, devicesPerCluster: 1 }],
      }),
      expect: [],
    },
    {
      title: 'one less',
      subject: exampleFleet({
        inventory: [{ class: 'n100', region: 'eu', clusters: 999, devicesPerCluster: 1 }],
      }),
      expect: ['999 devices are too few for statistics, and the gate asks for some'],
    },
    {
      title: 'people decide',
      subject: exampleFleet({
        inventory: [{ class: 'n100', region: 'eu', clusters: 999, devicesPerCluster: 1 }],
        rollout: { gate: { by: 'human' } },
      }),
      expect: [],
    },
  ],
});
