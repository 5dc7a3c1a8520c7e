import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';
import { count, counted, literal } from './numbers.ts';

export default defineRule({
  id: 'promotion-limited',
  on: 'fleet',
  severity: 'error',
  summary: 'The last wave moves in parts, unless it is smaller than what a bad release may harm.',
  why: 'Percents add up, devices do not wait: 100 % after 10 % is nine tenths of the fleet at once. A fault that shows only after hours, or only at scale, then reaches all of them before anybody can stop it.',
  source: 'https://sre.google/workbook/canarying-releases/',
  since: '0.1.0',

  *check({ spec, plan }) {
    const { maxDevicesPerPromotion, maxHarmedDevices = 0 } = spec.rollout.budget ?? {};
    const last = plan.waves.at(-1);
    if (maxDevicesPerPromotion !== undefined || last === undefined) return;
    const { clusters, devices } = last.total;
    if (devices <= maxHarmedDevices) return;
    const before = plan.waves.at(-2);
    const largest = Math.max(
      ...plan.slices
        .filter(({ name }) => last.slices.includes(name))
        .flatMap(({ classes }) => Object.values(classes).map((inClass) => inClass.devices)),
    );
    yield {
      path: spec.rollout.budget === undefined ? '/rollout' : '/rollout/budget',
      affected: { clusters: Math.round(clusters), devices: Math.round(devices) },
      message: `wave ${last.name} moves ${counted(devices, 'device')} at once: ${last.percent} % after ${before?.percent ?? 0} %, ${maxHarmedDevices > 0 ? `where ${count(maxHarmedDevices)} may be harmed` : 'with no maxDevicesPerPromotion'}`,
      fix: `set budget.maxDevicesPerPromotion, to ${literal(largest)} or more: the largest slice of a class in that wave`,
    };
  },

  examples: [
    { title: 'at most 10,000 devices in one promotion', subject: exampleFleet(), expect: [] },
    {
      title: '100 % after 10 % of a million devices, at once',
      subject: exampleFleet({
        inventory: [{ class: 'n100', region: 'eu', clusters: 1_000_000, devicesPerCluster: 1 }],
        rollout: { budget: undefined },
      }),
      expect: ['wave rest moves 900,000 devices at once: 100 % after 10 %, with no maxDevicesPerPromotion'],
    },
    {
      title: 'a last wave larger than the budget',
      subject: exampleFleet({ rollout: { budget: { maxDevicesPerPromotion: undefined } } }),
      expect: ['wave rest moves 90,000 devices at once: 100 % after 10 %, where 2,000 may be harmed'],
    },
    {
      title: 'a last wave as large as the budget',
      subject: exampleFleet({
        rollout: { budget: { maxDevicesPerPromotion: undefined, maxHarmedDevices: 90_000 } },
      }),
      expect: [],
    },
  ],
});
