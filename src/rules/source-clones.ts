import { defineRule } from '../check/rule.ts';
import { askersOf } from '../plan/exposure.ts';
import { exampleFleet } from './example-fleet.ts';
import { counted } from './numbers.ts';

/** Above so many clusters an OCI artifact is worth its registry; a judgement. */
const MANY = 1000;

export default defineRule({
  id: 'source-clones',
  on: 'fleet',
  severity: 'advice',
  summary: 'A large fleet pulls an OCI artifact, not a Git repository.',
  why: 'With a Git source every cluster clones at every commit of the branch, whatever the commit is about. An OCI artifact is pulled only when what is generated has changed, and a registry or a cache near the devices serves it.',
  source: 'https://fluxcd.io/flux/cheatsheets/oci-artifacts/',
  since: '0.1.0',

  *check({ spec, plan }) {
    const { source } = spec.delivery;
    const asking = askersOf(plan.total.clusters, spec.delivery);
    if (source.kind !== 'git' || asking <= MANY) return;
    yield {
      path: '/delivery/source',
      message: `${counted(asking, 'cluster')} clone the repository at every commit of ${source.branch}`,
      fix: 'publish generated/ as an OCI artifact and write source: oci({ url }); paths stay the same',
    };
  },

  examples: [
    { title: '100,000 clusters and an OCI artifact', subject: exampleFleet(), expect: [] },
    {
      title: '100,000 clusters and a Git repository',
      subject: exampleFleet({
        delivery: { source: { kind: 'git', url: 'https://git.example.com/fleets', branch: 'main' } },
      }),
      expect: ['100,000 clusters clone the repository at every commit of main'],
    },
    {
      title: '1,000 clusters and a Git repository',
      subject: exampleFleet({
        inventory: [{ class: 'n100', region: 'eu', clusters: 1000, devicesPerCluster: 1 }],
        delivery: { source: { kind: 'git', url: 'https://git.example.com/fleets', branch: 'main' } },
      }),
      expect: [],
    },
  ],
});
