import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';
import { counted, percent } from './numbers.ts';

export default defineRule({
  id: 'argocd-steps-reachable',
  on: 'fleet',
  severity: 'warning',
  summary: 'Steps of Argo CD are for clusters that are always there.',
  why: 'A step begins when every Application of the one before is healthy. One cluster that is off holds up all steps after its own for as long as it is off, and a rollback goes through the same steps.',
  source: 'https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Progressive-Syncs/',
  since: '0.1.0',

  *check({ spec: { delivery }, plan }) {
    if (delivery.kind !== 'argocd' || delivery.steps === undefined || delivery.steps.length < 2) return;
    for (const [name, { offline, clusters }] of Object.entries(plan.classes)) {
      const off = offline * clusters;
      if (off < 1) continue;
      yield {
        path: '/delivery/steps',
        classes: [name],
        message: `${counted(off, 'cluster')} of class ${name} may be off at any time (${percent(offline)} of ${counted(clusters, 'cluster')}), and each holds up all steps after its own`,
        fix: 'remove steps: waves order clusters without waiting for each of them',
      };
    }
  },

  examples: [
    { title: 'Flux', subject: exampleFleet(), expect: [] },
    {
      title: 'one step: nothing is held up',
      subject: exampleFleet({ delivery: { kind: 'argocd', steps: [{ percent: 100 }] } }),
      expect: [],
    },
    {
      title: '99 clusters of which 1 % is off: none, as a rule',
      subject: exampleFleet({
        inventory: [{ class: 'n100', region: 'eu', clusters: 99, devicesPerCluster: 1 }],
        delivery: { kind: 'argocd', steps: [{ percent: 10 }, { percent: 100 }] },
      }),
      expect: [],
    },
    {
      title: '100 clusters of which 1 % is off',
      subject: exampleFleet({
        inventory: [{ class: 'n100', region: 'eu', clusters: 100, devicesPerCluster: 1 }],
        delivery: { kind: 'argocd', steps: [{ percent: 10 }, { percent: 100 }] },
      }),
      expect: [
        '1 cluster of class n100 may be off at any time (1 % of 100 clusters), and each holds up all steps after its own',
      ],
    },
  ],
});
