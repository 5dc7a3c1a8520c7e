import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';
import { count, counted, percent } from './numbers.ts';
import { canaryOf } from './canary.ts';

/** How alike devices of one cluster fail, 0 to 1: they share power, uplink, light and installer. An assumption. */
const CORRELATION = 0.05;

export default defineRule({
  id: 'canary-spreads',
  on: 'fleet',
  severity: 'advice',
  summary: "The first wave's devices stand in enough clusters to count as independent witnesses.",
  why: 'Devices of one cluster share power, uplink and surroundings, so they fail together. With c devices in a cluster and a correlation of ρ, n of them tell as much as n ÷ (1 + (c − 1) ρ) that stand alone.',
  source: 'https://en.wikipedia.org/wiki/Design_effect',
  since: '0.1.0',

  *check(subject) {
    const canary = canaryOf(subject);
    if (canary === undefined) return;
    const { wave, needed, online } = canary;
    const perCluster = wave.total.devices / wave.total.clusters;
    const worth = Math.floor(online / (1 + (perCluster - 1) * CORRELATION));
    if (online < needed || worth >= needed) return;
    yield {
      path: '/rollout/waves/0',
      message: `wave ${wave.name} has ${counted(online, 'device')} online in ${counted(wave.total.clusters, 'cluster')}: correlated by ${percent(CORRELATION)} they tell as much as ${count(worth)}, where ${count(needed)} are needed`,
      fix: 'begin with a larger percent, so that more clusters take part',
    };
  },

  examples: [
    { title: '1,000 devices in 1,000 clusters', subject: exampleFleet(), expect: [] },
    {
      title: '99 devices in two clusters',
      subject: exampleFleet({
        classes: { n100: { maxDevicesPerCluster: 50 } },
        inventory: [{ class: 'n100', region: 'eu', clusters: 200, devicesPerCluster: 50 }],
      }),
      expect: [
        'wave canary has 99 devices online in 2 clusters: correlated by 5 % they tell as much as 28, where 59 are needed',
      ],
    },
    {
      title: '990 devices in 20 clusters, worth 286',
      subject: exampleFleet({
        classes: { n100: { maxDevicesPerCluster: 50 } },
        inventory: [{ class: 'n100', region: 'eu', clusters: 2000, devicesPerCluster: 50 }],
      }),
      expect: [],
    },
  ],
});
