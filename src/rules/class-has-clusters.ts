import { step } from '../check/json.ts';
import { defineRule } from '../check/rule.ts';
import { exampleFleet, ORIN_NANO } from './example-fleet.ts';

export default defineRule({
  id: 'class-has-clusters',
  on: 'fleet',
  severity: 'advice',
  summary: 'Every class has clusters in the inventory.',
  why: 'A class without clusters costs a release in every synth and hides a misspelt or forgotten line of the inventory.',
  source: 'https://sre.google/sre-book/simplicity/',
  since: '0.1.0',

  *check({ plan }) {
    for (const [name, { clusters }] of Object.entries(plan.classes)) {
      if (clusters > 0) continue;
      yield {
        path: `/classes${step(name)}`,
        classes: [name],
        message: `class ${name} has 0 clusters in the inventory`,
        fix: `add its clusters to the inventory, or remove class ${name}`,
      };
    }
  },

  examples: [
    { title: 'a class with clusters', subject: exampleFleet(), expect: [] },
    {
      title: 'a class without clusters',
      subject: exampleFleet({ classes: { 'orin-nano': ORIN_NANO } }),
      expect: ['class orin-nano has 0 clusters in the inventory'],
    },
  ],
});
