import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';

export default defineRule({
  id: 'waves-increase',
  on: 'fleet',
  severity: 'error',
  summary: 'Every wave ends at a larger percent than the wave before it.',
  why: 'A percent is the share of clusters that run the release once the wave is done. A wave that does not raise it has no slices, so its soak watches nobody.',
  source: 'https://sre.google/workbook/canarying-releases/',
  since: '0.1.0',

  *check({ spec }) {
    const { waves } = spec.rollout;
    for (const [index, wave] of waves.entries()) {
      const before = waves[index - 1];
      if (before === undefined || wave.percent > before.percent) continue;
      yield {
        path: `/rollout/waves/${index}/percent`,
        message: `wave ${wave.name} ends at ${wave.percent} %, not above the ${before.percent} % of wave ${before.name} before it`,
        fix: `order the waves by percent, or remove wave ${wave.name}`,
      };
    }
  },

  examples: [
    { title: 'waves of 1, 10 and 100 %', subject: exampleFleet(), expect: [] },
    {
      title: 'two waves in the wrong order',
      subject: exampleFleet({
        rollout: {
          waves: [
            { name: 'early', percent: 10, soak: '24h' },
            { name: 'canary', percent: 1, soak: '24h' },
            { name: 'rest', percent: 100 },
          ],
        },
      }),
      expect: ['wave canary ends at 1 %, not above the 10 % of wave early before it'],
    },
    {
      title: 'two waves of the same percent',
      subject: exampleFleet({
        rollout: {
          waves: [
            { name: 'canary', percent: 1, soak: '24h' },
            { name: 'again', percent: 1, soak: '24h' },
            { name: 'rest', percent: 100 },
          ],
        },
      }),
      expect: ['wave again ends at 1 %, not above the 1 % of wave canary before it'],
    },
  ],
});
