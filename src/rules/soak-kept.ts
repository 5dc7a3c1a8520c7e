import { defineRule } from '../check/rule.ts';
import { parseDuration } from '../fleet/units.ts';
import { exampleFleet } from './example-fleet.ts';
import { judgedWaves } from '../gate/arms.ts';

export default defineRule({
  id: 'soak-kept',
  on: 'fleet',
  severity: 'warning',
  summary: 'No wave soaks for less than a smaller one before it.',
  why: 'Trust grows with each wave that went well, and so does what is at stake. Waves that are watched for less as they grow find a fault when it has reached the most devices.',
  source: 'https://sre.google/workbook/canarying-releases/',
  since: '0.1.0',

  *check({ plan }) {
    let longest: { readonly name: string; readonly soak: string } | undefined;
    for (const wave of judgedWaves(plan)) {
      if (longest === undefined || parseDuration(wave.soak) >= parseDuration(longest.soak)) {
        longest = wave;
        continue;
      }
      yield {
        path: `/rollout/waves/${plan.waves.indexOf(wave)}`,
        message: `wave ${wave.name} soaks ${wave.soak}, less than the ${longest.soak} of the smaller wave ${longest.name}`,
        fix: `set the soak of wave ${wave.name} to ${longest.soak} or more`,
      };
    }
  },

  examples: [
    { title: 'a day, and a day', subject: exampleFleet(), expect: [] },
    {
      title: 'a day, then half of one',
      subject: exampleFleet({
        rollout: {
          waves: [
            { name: 'canary', percent: 1, soak: '24h' },
            { name: 'early', percent: 10, soak: '12h' },
            { name: 'rest', percent: 100 },
          ],
        },
      }),
      expect: ['wave early soaks 12h, less than the 24h of the smaller wave canary'],
    },
    {
      title: 'the last wave, which none follows',
      subject: exampleFleet({
        rollout: {
          waves: [
            { name: 'canary', percent: 1, soak: '24h' },
            { name: 'rest', percent: 100, soak: '1h' },
          ],
        },
      }),
      expect: [],
    },
  ],
});
