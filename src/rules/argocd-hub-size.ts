import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';
import { count, counted } from './numbers.ts';

/** Clusters with which one Argo CD has been tested in public, with 50,000 Applications: cnoe.io. */
const TESTED = 500;

export default defineRule({
  id: 'argocd-hub-size',
  on: 'fleet',
  severity: 'warning',
  summary: 'One hub has as many clusters as one Argo CD has been tested with.',
  why: 'A hub holds a connection to every cluster and compares each with Git again and again. Above what has been tested nobody knows how long a rollback takes, and while the hub is down nothing moves.',
  source: 'https://argo-cd.readthedocs.io/en/stable/operator-manual/high_availability/',
  since: '0.1.0',

  *check({ spec: { delivery }, plan: { total } }) {
    if (delivery.kind !== 'argocd' || delivery.mode === 'pull' || total.clusters <= TESTED) return;
    yield {
      path: '/delivery/mode',
      message: `one hub for ${counted(total.clusters, 'cluster')}, of at most ${count(TESTED)} that tests are known of`,
      fix: "write mode: 'pull', with an Argo CD in each cluster, or deliver by flux",
    };
  },

  examples: [
    { title: 'Flux', subject: exampleFleet(), expect: [] },
    {
      title: '500 clusters',
      subject: exampleFleet({
        inventory: [{ class: 'n100', region: 'eu', clusters: 500, devicesPerCluster: 1 }],
        delivery: { kind: 'argocd' },
      }),
      expect: [],
    },
    {
      title: '501 clusters',
      subject: exampleFleet({
        inventory: [{ class: 'n100', region: 'eu', clusters: 501, devicesPerCluster: 1 }],
        delivery: { kind: 'argocd' },
      }),
      expect: ['one hub for 501 clusters, of at most 500 that tests are known of'],
    },
    {
      title: '100,000 clusters with an Argo CD each',
      subject: exampleFleet({ delivery: { kind: 'argocd', mode: 'pull' } }),
      expect: [],
    },
  ],
});
