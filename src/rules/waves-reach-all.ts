import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';
import { count, counted } from './numbers.ts';

export default defineRule({
  id: 'waves-reach-all',
  on: 'fleet',
  severity: 'error',
  summary: 'The last wave ends at 100 %.',
  why: 'Clusters above the last percent have no wave of their own, with neither soak nor gate before them: either they are forgotten, or they move along with a wave that says it is smaller.',
  source: 'https://sre.google/workbook/canarying-releases/',
  since: '0.1.0',

  *check({ spec, plan }) {
    const { waves } = spec.rollout;
    const last = waves.at(-1);
    if (last === undefined || last.percent === 100) return;
    const left = plan.total.clusters * (1 - Math.max(...waves.map(({ percent }) => percent)) / 100);
    yield {
      path: `/rollout/waves/${waves.length - 1}/percent`,
      message: `the last wave, ${last.name}, ends at ${last.percent} % and leaves about ${count(left)} of ${counted(plan.total.clusters, 'cluster')} in no wave`,
      fix: 'end with a wave at 100 percent',
    };
  },

  examples: [
    { title: 'the last wave ends at 100 %', subject: exampleFleet(), expect: [] },
    {
      title: 'the last wave ends at 10 %',
      subject: exampleFleet({
        rollout: {
          waves: [
            { name: 'canary', percent: 1, soak: '24h' },
            { name: 'early', percent: 10, soak: '24h' },
          ],
        },
      }),
      expect: ['the last wave, early, ends at 10 % and leaves about 90,000 of 100,000 clusters in no wave'],
    },
  ],
});
