import { defineRule } from '../check/rule.ts';
import { exampleFleet, exampleRows } from './example-fleet.ts';
import { counted, percent } from './numbers.ts';

/** How probable an empty wave may be where only counts are known. */
const TOLERATED = 0.01;

export default defineRule({
  id: 'wave-has-clusters',
  on: 'fleet',
  severity: 'error',
  summary: 'Every wave has at least one cluster.',
  why: 'Hashing decides who is in a wave. With few clusters a small wave can be empty: its soak watches nobody, and the next wave is the canary without anyone having said so.',
  source: 'https://sre.google/workbook/canarying-releases/',
  since: '0.1.0',

  *check({ plan }) {
    const { clusters } = plan.total;
    let from = 0;
    for (const [index, wave] of plan.waves.entries()) {
      const share = (wave.percent - from) / 100;
      from = Math.max(from, wave.percent);
      if (wave.slices.length === 0 || share <= 0) continue;
      const slice = wave.slices.at(-1)!;
      const path = `/rollout/waves/${index}`;
      if (plan.inventory === 'exact') {
        if (wave.total.clusters > 0) continue;
        yield {
          path,
          message: `none of ${counted(clusters, 'cluster')} falls into wave ${wave.name}, whose share is ${percent(share)}`,
          fix: `give the wave a larger percent, or pin clusters to it with ${slice} in the inventory's column slice`,
        };
      } else {
        const empty = (1 - share) ** clusters;
        if (empty <= TOLERATED) continue;
        yield {
          path,
          message: `wave ${wave.name} is empty with a probability of ${percent(empty)}: its share of ${percent(share)} of ${counted(clusters, 'cluster')} is ${Number((share * clusters).toPrecision(3))}`,
          fix: `give the wave a larger percent, or name the clusters in a CSV file and pin some to it with ${slice} in the column slice`,
        };
      }
    }
  },

  examples: [
    { title: 'a canary of 1 % of 100,000 clusters', subject: exampleFleet(), expect: [] },
    {
      title: 'a canary of 1 % of 100 clusters that are only counted',
      subject: exampleFleet({
        inventory: [{ class: 'n100', region: 'eu', clusters: 100, devicesPerCluster: 1 }],
      }),
      expect: ['wave canary is empty with a probability of 36.6 %: its share of 1 % of 100 clusters is 1'],
    },
    {
      title: 'the fewest clusters that are only counted: 459 for 1 %',
      subject: exampleFleet({
        inventory: [{ class: 'n100', region: 'eu', clusters: 459, devicesPerCluster: 1 }],
      }),
      expect: [],
    },
    {
      title: '40 clusters by name, none of which hashing puts into the canary',
      subject: exampleFleet({}, exampleRows(40)),
      expect: ['none of 40 clusters falls into wave canary, whose share is 1 %'],
    },
    {
      title: 'the same with a cluster pinned to the canary',
      subject: exampleFleet({}, [...exampleRows(40), ...exampleRows(1, { slice: 'p001.00' })]),
      expect: [],
    },
  ],
});
