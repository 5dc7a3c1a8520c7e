import { defineRule } from '../check/rule.ts';
import { exampleFleet, exampleRows, ORIN_NANO } from './example-fleet.ts';
import { counted, percent } from './numbers.ts';

/** How probable the absence of a class may be where only counts are known. */
const TOLERATED = 0.01;

export default defineRule({
  id: 'class-in-first-wave',
  on: 'fleet',
  severity: 'warning',
  summary: 'Every class that has clusters has some in the first wave.',
  why: 'Each class runs a release of its own, on hardware of its own. A class that is absent from the canary meets its release for the first time in a larger wave.',
  source: 'https://sre.google/workbook/canarying-releases/',
  since: '0.1.0',

  *check({ plan }) {
    const first = plan.waves[0];
    if (first === undefined || first.slices.length === 0 || first.total.clusters === 0) return;
    const inhabited = Object.entries(plan.classes).filter(([, { clusters }]) => clusters > 0);
    if (inhabited.length < 2) return;
    const slice = first.slices.at(-1)!;
    for (const [name, { clusters }] of inhabited) {
      if (plan.inventory === 'exact') {
        if ((first.classes[name]?.clusters ?? 0) > 0) continue;
        const next = plan.waves.find(({ classes }) => (classes[name]?.clusters ?? 0) > 0);
        yield {
          path: '/rollout/waves/0',
          classes: [name],
          message: `wave ${first.name} has no cluster of class ${name}: the class begins with ${counted(next?.classes[name]?.clusters ?? 0, 'cluster')} in wave ${next?.name ?? first.name}`,
          fix: `pin a cluster of class ${name} to the first wave with ${slice} in the inventory's column slice`,
        };
      } else {
        const absent = (1 - first.percent / 100) ** clusters;
        if (absent <= TOLERATED) continue;
        yield {
          path: '/rollout/waves/0',
          classes: [name],
          message: `wave ${first.name} has no cluster of class ${name} with a probability of ${percent(absent)}: ${percent(first.percent / 100)} of ${counted(clusters, 'cluster')}`,
          fix: `name the clusters in a CSV file and pin one of class ${name} to the first wave with ${slice} in the column slice, or give the wave a larger percent`,
        };
      }
    }
  },

  examples: [
    { title: 'one class', subject: exampleFleet(), expect: [] },
    {
      title: 'a second class with 100 clusters that are only counted',
      subject: exampleFleet({
        classes: { 'orin-nano': ORIN_NANO },
        inventory: [
          { class: 'n100', region: 'eu', clusters: 100_000, devicesPerCluster: 1 },
          { class: 'orin-nano', region: 'eu', clusters: 100, devicesPerCluster: 1 },
        ],
      }),
      expect: [
        'wave canary has no cluster of class orin-nano with a probability of 36.6 %: 1 % of 100 clusters',
      ],
    },
    {
      title: 'a second class whose ten clusters hashing puts elsewhere',
      subject: exampleFleet({ classes: { 'orin-nano': ORIN_NANO } }, [
        ...exampleRows(1, { slice: 'p001.00' }),
        ...exampleRows(10, { class: 'orin-nano', slice: 'p010.00' }),
      ]),
      expect: [
        'wave canary has no cluster of class orin-nano: the class begins with 10 clusters in wave early',
      ],
    },
    {
      title: 'the same with one of them pinned to the canary',
      subject: exampleFleet({ classes: { 'orin-nano': ORIN_NANO } }, [
        ...exampleRows(1, { slice: 'p001.00' }),
        ...exampleRows(10, { class: 'orin-nano', slice: 'p010.00' }),
        ...exampleRows(1, { class: 'orin-nano', slice: 'p001.00' }),
      ]),
      expect: [],
    },
  ],
});
