import { defineRule } from '../check/rule.ts';
import { exampleChange } from './example-change.ts';
import { counted } from './numbers.ts';

export default defineRule({
  id: 'fleet-name-kept',
  on: 'change',
  severity: 'error',
  summary: 'A fleet keeps its name.',
  why: 'The name is the namespace, the Kustomization and the folder that every cluster syncs. Under a new name the fleet is another one: clusters stay with the old folder, which synth no longer writes.',
  source: 'https://fluxcd.io/flux/components/kustomize/kustomizations/#path',
  since: '0.1.0',

  *check({ before, after }) {
    if (before === undefined || before.fleet === after.fleet) return;
    yield {
      path: '/name',
      message: `fleet ${before.fleet} is called ${after.fleet} now: generated/${before.fleet} is still synced by ${counted(before.total.clusters, 'cluster')}`,
      fix: `keep the name ${before.fleet}, or add ${after.fleet} beside it and bootstrap its clusters`,
    };
  },

  examples: [
    { title: 'the same name', subject: exampleChange(), expect: [] },
    {
      title: 'another name',
      subject: exampleChange({ after: { name: 'renamed' } }),
      expect: ['fleet example is called renamed now: generated/example is still synced by 100,000 clusters'],
    },
  ],
});
