import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';
import { onlineDevices } from './canary.ts';
import { judgedWaves, longerWaves, statisticsIn } from '../gate/arms.ts';
import { counted } from './numbers.ts';

/** With fewer, one outage of power or uplink decides a wave; a judgement. */
const LEAST = 20;

export default defineRule({
  id: 'canary-has-clusters',
  on: 'fleet',
  severity: 'error',
  summary: 'Where clusters have several devices, the first wave has at least twenty clusters.',
  why: 'How alike devices of a cluster fail is an average over clusters. In a handful of them one outage is a bad release, and one good site hides it: no correction for correlation helps.',
  source: 'https://en.wikipedia.org/wiki/Design_effect',
  since: '0.1.0',

  *check({ plan }) {
    const [first] = judgedWaves(plan);
    if (statisticsIn(plan.gate) === undefined || first === undefined) return;
    const { clusters, devices } = first.total;
    if (clusters === 0 || devices <= clusters || clusters >= LEAST) return;
    const larger = longerWaves(first).find(({ slices }) => {
      const inside = plan.slices.filter(({ name }) => slices.includes(name));
      const sum = inside.flatMap(({ classes }) => Object.values(classes));
      return sum.reduce((all, count) => all + count.clusters, 0) >= LEAST && onlineDevices(plan, inside) > 0;
    });
    yield {
      path: `/rollout/waves/${plan.waves.indexOf(first)}/percent`,
      message: `the ${counted(devices, 'device')} of wave ${first.name} stand in ${counted(clusters, 'cluster')}, where ${LEAST} are the least`,
      fix:
        larger === undefined
          ? "let people decide: gate: { by: 'human', … }"
          : `begin with ${larger.percent} percent or more, or pin more clusters to the first wave`,
    };
  },

  examples: [
    { title: 'clusters of one device', subject: exampleFleet(), expect: [] },
    {
      title: 'twenty clusters of fifty devices',
      subject: exampleFleet({
        classes: { n100: { maxDevicesPerCluster: 50 } },
        inventory: [{ class: 'n100', region: 'eu', clusters: 2000, devicesPerCluster: 50 }],
      }),
      expect: [],
    },
    {
      title: 'nineteen clusters',
      subject: exampleFleet({
        classes: { n100: { maxDevicesPerCluster: 50 } },
        inventory: [{ class: 'n100', region: 'eu', clusters: 1900, devicesPerCluster: 50 }],
      }),
      expect: ['the 950 devices of wave canary stand in 19 clusters, where 20 are the least'],
    },
  ],
});
