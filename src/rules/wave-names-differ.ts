import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';

export default defineRule({
  id: 'wave-names-differ',
  on: 'fleet',
  severity: 'error',
  summary: 'No two waves have one name.',
  why: 'A promotion names the wave it goes to. Where two waves have that name, it may reach more devices than the engineer who typed it meant.',
  source: 'https://sre.google/workbook/canarying-releases/',
  since: '0.1.0',

  *check({ spec }) {
    const first = new Map<string, number>();
    for (const [index, { name }] of spec.rollout.waves.entries()) {
      const earlier = first.get(name);
      if (earlier === undefined) first.set(name, index);
      else
        yield {
          path: `/rollout/waves/${index}/name`,
          message: `waves ${earlier + 1} and ${index + 1} are both called ${name}`,
          fix: 'give every wave a name of its own',
        };
    }
  },

  examples: [
    { title: 'every wave has a name of its own', subject: exampleFleet(), expect: [] },
    {
      title: 'two waves are called canary',
      subject: exampleFleet({
        rollout: {
          waves: [
            { name: 'canary', percent: 1, soak: '24h' },
            { name: 'canary', percent: 10, soak: '24h' },
            { name: 'rest', percent: 100 },
          ],
        },
      }),
      expect: ['waves 1 and 2 are both called canary'],
    },
  ],
});
