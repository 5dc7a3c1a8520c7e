import { defineRule } from '../check/rule.ts';
import { parseDuration } from '../fleet/units.ts';
import { exampleFleet } from './example-fleet.ts';
import { judgedWaves } from '../gate/arms.ts';

export default defineRule({
  id: 'soak-covers-latent',
  on: 'fleet',
  severity: 'warning',
  summary: 'Every wave but the last soaks until late faults show.',
  why: 'A leak fills memory after hours, a full disk after days. Where the definition says how late faults show (`latentAfter`), a shorter soak lets them go on to the next wave unseen.',
  source: 'https://sre.google/workbook/canarying-releases/',
  since: '0.1.0',

  *check({ spec, plan }) {
    const { latentAfter } = spec.rollout.gate;
    if (latentAfter === undefined) return;
    for (const wave of judgedWaves(plan)) {
      if (parseDuration(wave.soak) >= parseDuration(latentAfter)) continue;
      yield {
        path: `/rollout/waves/${plan.waves.indexOf(wave)}`,
        message: `wave ${wave.name} soaks ${wave.soak}, and late faults show after ${latentAfter}`,
        fix: `set the soak of wave ${wave.name} to ${latentAfter} or more`,
      };
    }
  },

  examples: [
    { title: 'nothing is said of late faults', subject: exampleFleet(), expect: [] },
    {
      title: 'faults that show after a day',
      subject: exampleFleet({ rollout: { gate: { latentAfter: '24h' } } }),
      expect: [],
    },
    {
      title: 'faults that show after three days',
      subject: exampleFleet({ rollout: { gate: { latentAfter: '72h' } } }),
      expect: [
        'wave canary soaks 24h, and late faults show after 72h',
        'wave early soaks 24h, and late faults show after 72h',
      ],
    },
  ],
});
