import { defineRule } from '../check/rule.ts';
import { parseDuration } from '../fleet/units.ts';
import { exampleFleet } from './example-fleet.ts';
import { counted } from './numbers.ts';

export default defineRule({
  id: 'pause-covers-window',
  on: 'fleet',
  severity: 'advice',
  summary: "Where a wave moves in parts, they are at least the gate's window apart.",
  why: 'Parts exist so that a fault found in one spares the next. If the next follows within the window, its evidence and that of the part before are one.',
  source: 'https://sre.google/workbook/canarying-releases/',
  since: '0.1.0',

  *check({ spec, plan }) {
    const { gate, budget } = spec.rollout;
    const most = budget?.maxDevicesPerPromotion;
    if (most === undefined) return;
    for (const [index, wave] of plan.waves.entries()) {
      if (wave.total.devices <= most || parseDuration(wave.pause) >= parseDuration(gate.window)) continue;
      yield {
        path: `/rollout/waves/${index}`,
        message: `wave ${wave.name} moves its ${counted(wave.total.devices, 'device')} in parts that are ${wave.pause} apart, less than the gate's window of ${gate.window}`,
        fix: `set the pause of wave ${wave.name} to ${gate.window} or more`,
      };
    }
  },

  examples: [
    { title: 'parts two hours apart, a window of 10m', subject: exampleFleet(), expect: [] },
    {
      title: 'parts a minute apart',
      subject: exampleFleet({
        rollout: {
          waves: [
            { name: 'canary', percent: 1, soak: '24h', pause: '1m' },
            { name: 'rest', percent: 100, pause: '1m' },
          ],
        },
      }),
      expect: [
        "wave rest moves its 99,000 devices in parts that are 1m apart, less than the gate's window of 10m",
      ],
    },
    {
      title: 'parts one window apart',
      subject: exampleFleet({
        rollout: {
          waves: [
            { name: 'canary', percent: 1, soak: '24h' },
            { name: 'rest', percent: 100, pause: '10m' },
          ],
        },
      }),
      expect: [],
    },
  ],
});
