import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';
import { counted } from './numbers.ts';

export default defineRule({
  id: 'first-wave-is-part',
  on: 'fleet',
  severity: 'error',
  summary: 'The first wave is not the whole fleet.',
  why: 'A first wave of 100 % has no canary: whatever is wrong with a release is found out on every device.',
  source: 'https://sre.google/workbook/canarying-releases/',
  since: '0.1.0',

  *check({ spec, plan }) {
    const [first] = spec.rollout.waves;
    if (first === undefined || first.percent < 100 || plan.total.clusters <= 1) return;
    yield {
      path: '/rollout/waves/0/percent',
      message: `wave ${first.name} is the first and holds all ${counted(plan.total.devices, 'device')} in ${counted(plan.total.clusters, 'cluster')}`,
      fix: 'put a smaller wave before it, with a soak',
    };
  },

  examples: [
    { title: 'a first wave of 1 %', subject: exampleFleet(), expect: [] },
    {
      title: 'one wave of 100 %',
      subject: exampleFleet({ rollout: { waves: [{ name: 'all', percent: 100 }] } }),
      expect: ['wave all is the first and holds all 100,000 devices in 100,000 clusters'],
    },
    {
      title: 'a fleet of one cluster, which has no parts',
      subject: exampleFleet({
        inventory: [{ class: 'n100', region: 'eu', clusters: 1, devicesPerCluster: 1 }],
        rollout: { waves: [{ name: 'all', percent: 100 }] },
      }),
      expect: [],
    },
  ],
});
