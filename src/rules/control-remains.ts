import { defineRule } from '../check/rule.ts';
import { SLICES } from '../plan/slices.ts';
import { exampleFleet, exampleRows } from './example-fleet.ts';
import { armOf, judgedArms, statisticsIn } from '../gate/arms.ts';
import { counted } from './numbers.ts';

export default defineRule({
  id: 'control-remains',
  on: 'fleet',
  severity: 'warning',
  summary: 'Whenever a wave is judged, at least as many devices of the class still run the settled release.',
  why: 'The gate compares a wave with devices that run the settled release at the same time, so that weather, time of day and other faults count on both sides. Where hardly any are left it compares before with after; where none is left it never decides.',
  source: 'https://sre.google/workbook/canarying-releases/',
  since: '0.1.0',

  *check({ plan }) {
    const gate = statisticsIn(plan.gate);
    if (gate === undefined) return;
    for (const { wave, class: name, arm } of judgedArms(plan, gate)) {
      if (arm.control >= arm.devices) continue;
      const from = SLICES.findIndex(({ name: slice }) => slice === wave.slices[0]);
      const end = SLICES.findLastIndex((_slice, at) => {
        const of = armOf(
          plan,
          SLICES.slice(from, at + 1).map((slice) => slice.name),
          name,
        );
        return at >= from && of.devices > 0 && of.control >= of.devices;
      });
      yield {
        path: `/rollout/waves/${plan.waves.indexOf(wave)}/percent`,
        classes: [name],
        message: `once wave ${wave.name} has moved, ${counted(arm.control, 'device')} of class ${name} still ${Math.round(arm.control) === 1 ? 'runs' : 'run'} the settled release, fewer than the ${counted(arm.devices, 'device')} that are judged against them`,
        fix:
          end === -1
            ? `pin fewer clusters of class ${name} to wave ${wave.name}, or judge the class by hand`
            : `end wave ${wave.name} at ${SLICES[end]!.to / 100} percent or less`,
      };
    }
  },

  examples: [
    { title: 'nine tenths still run the settled release', subject: exampleFleet(), expect: [] },
    {
      title: 'half against half',
      subject: exampleFleet({
        rollout: {
          waves: [
            { name: 'half', percent: 50, soak: '24h' },
            { name: 'rest', percent: 100 },
          ],
        },
      }),
      expect: [],
    },
    {
      title: 'the last wave but one at 60 %',
      subject: exampleFleet({
        rollout: {
          waves: [
            { name: 'most', percent: 60, soak: '24h' },
            { name: 'rest', percent: 100 },
          ],
        },
      }),
      expect: [
        'once wave most has moved, 40,000 devices of class n100 still run the settled release, fewer than the 60,000 devices that are judged against them',
      ],
    },
    {
      title: 'every cluster of a class pinned to the canary',
      subject: exampleFleet({}, exampleRows(10, { slice: 'p000.01' })),
      expect: [
        'once wave canary has moved, 0 devices of class n100 still run the settled release, fewer than the 10 devices that are judged against them',
      ],
    },
  ],
});
