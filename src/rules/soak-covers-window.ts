import { defineRule } from '../check/rule.ts';
import { parseDuration } from '../fleet/units.ts';
import { exampleFleet } from './example-fleet.ts';

export default defineRule({
  id: 'soak-covers-window',
  on: 'fleet',
  severity: 'error',
  summary: "Every wave but the last soaks at least as long as the gate's window.",
  why: 'The soak is the time in which a wave is watched before the next may follow. Shorter than the window, the gate still counts requests that the release before has answered.',
  source: 'https://sre.google/workbook/canarying-releases/',
  since: '0.1.0',

  *check({ spec }) {
    const { waves, gate } = spec.rollout;
    for (const [index, wave] of waves.entries()) {
      const next = waves[index + 1];
      if (next === undefined) continue;
      const { name, soak } = wave;
      if (soak !== undefined && parseDuration(soak) >= parseDuration(gate.window)) continue;
      yield {
        path: soak === undefined ? `/rollout/waves/${index}` : `/rollout/waves/${index}/soak`,
        message:
          soak === undefined
            ? `wave ${name} has no soak: wave ${next.name} may follow at once`
            : `wave ${name} soaks ${soak}, less than the gate's window of ${gate.window}`,
        fix: `set the soak of wave ${name} to ${gate.window} at least, a day for the first wave of real use`,
      };
    }
  },

  examples: [
    {
      title: 'a day of soak, a window of 10m, and no soak in the last wave',
      subject: exampleFleet(),
      expect: [],
    },
    {
      title: 'a wave without soak',
      subject: exampleFleet({
        rollout: {
          waves: [
            { name: 'canary', percent: 1, soak: '24h' },
            { name: 'early', percent: 10 },
            { name: 'rest', percent: 100 },
          ],
        },
      }),
      expect: ['wave early has no soak: wave rest may follow at once'],
    },
    {
      title: 'a soak shorter than the window',
      subject: exampleFleet({ rollout: { gate: { window: '24h1s' } } }),
      expect: [
        "wave canary soaks 24h, less than the gate's window of 24h1s",
        "wave early soaks 24h, less than the gate's window of 24h1s",
      ],
    },
    {
      title: 'a soak as long as the window',
      subject: exampleFleet({ rollout: { gate: { window: '24h' } } }),
      expect: [],
    },
  ],
});
