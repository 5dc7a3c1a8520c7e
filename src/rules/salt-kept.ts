import { defineRule } from '../check/rule.ts';
import { exampleChange } from './example-change.ts';
import { counted } from './numbers.ts';

export default defineRule({
  id: 'salt-kept',
  on: 'change',
  severity: 'error',
  summary: 'The salt of a fleet never changes.',
  why: "The salt decides every cluster's slice, and a cluster was told its slice once, when it was bootstrapped. After a new salt the plan counts clusters in slices that they do not sync, so no wave holds what it says.",
  source: 'https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution',
  since: '0.1.0',

  *check({ before, after }) {
    if (before === undefined || before.salt === after.salt) return;
    yield {
      path: '/rollout/salt',
      message: `salt ${JSON.stringify(after.salt)} instead of ${JSON.stringify(before.salt)} gives ${counted(before.total.clusters, 'cluster')} other slices: each must be bootstrapped again`,
      fix: `keep the salt ${JSON.stringify(before.salt)}`,
    };
  },

  examples: [
    { title: 'the same salt', subject: exampleChange(), expect: [] },
    { title: 'a new fleet', subject: exampleChange({ before: null }), expect: [] },
    {
      title: 'another salt',
      subject: exampleChange({ after: { rollout: { salt: 'example-2' } } }),
      expect: [
        'salt "example-2" instead of "example-1" gives 100,000 clusters other slices: each must be bootstrapped again',
      ],
    },
  ],
});
