import { defineRule } from '../check/rule.ts';
import { blindZone } from '../gate/blind-zone.ts';
import { exampleFleet } from './example-fleet.ts';
import { count, counted, percent, points, ratioBelow } from './numbers.ts';

export default defineRule({
  id: 'ceiling-not-alone',
  on: 'fleet',
  severity: 'error',
  summary: 'The gate looks for smaller rises than those that a ceiling stops anyway.',
  why: 'A ceiling never sees what stays below it, and the more devices are watched the surer such a release passes: a ceiling of 5 % cannot see a regression of four points over a baseline of 0.5 %.',
  source: 'https://sre.google/workbook/canarying-releases/',
  since: '0.1.0',

  *check({ spec, plan }) {
    const { gate } = spec.rollout;
    if (gate.by === 'human' || gate.ceiling === undefined) return;
    const { baseline, ceiling, detect } = gate;
    const blind = blindZone(ceiling, baseline);
    if (blind <= 0 || detect < blind) return;
    const { devices } = plan.total;
    yield {
      path: '/rollout/gate/detect',
      message: `a ceiling of ${percent(ceiling)} sees no rise below ${points(blind)} over a baseline of ${percent(baseline)}, and detect of ${points(detect)} looks for none: up to ${count(Math.floor(devices * blind))} of ${counted(devices, 'device')} would fail unseen`,
      fix: `set gate.detect to ${ratioBelow(Math.min(2 * baseline, blind / 2))} or less, and keep the ceiling for the worst`,
    };
  },

  examples: [
    { title: 'a rise of 1 point is looked for below a ceiling of 5 %', subject: exampleFleet(), expect: [] },
    {
      title: 'a ceiling of 5 % alone, in a fleet of a million',
      subject: exampleFleet({
        inventory: [{ class: 'n100', region: 'eu', clusters: 1_000_000, devicesPerCluster: 1 }],
        rollout: { gate: { detect: 0.045 } },
      }),
      expect: [
        'a ceiling of 5 % sees no rise below 4.5 points over a baseline of 0.5 %, and detect of 4.5 points looks for none: up to 45,000 of 1,000,000 devices would fail unseen',
      ],
    },
    {
      title: 'a rise just below what the ceiling sees',
      subject: exampleFleet({ rollout: { gate: { detect: 0.044 } } }),
      expect: [],
    },
    {
      title: 'no ceiling',
      subject: exampleFleet({ rollout: { gate: { ceiling: undefined, detect: 0.045 } } }),
      expect: [],
    },
  ],
});
