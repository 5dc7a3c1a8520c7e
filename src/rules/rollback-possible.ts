import { step } from '../check/json.ts';
import { defineRule } from '../check/rule.ts';
import { exampleRollout, NEW } from './example-rollout.ts';

export default defineRule({
  id: 'rollback-possible',
  on: 'rollout',
  severity: 'advice',
  summary: 'Every class has a settled release to go back to.',
  why: 'The first release of a class goes to all its slices, and before it there was nothing. Until a second one has been placed, a rollback has nowhere to go.',
  source: 'https://sre.google/sre-book/release-engineering/',
  since: '0.1.0',

  *check({ state, plan }) {
    for (const [name, { settled, pointers }] of Object.entries(state.classes)) {
      const runs = new Set(Object.values(pointers).map((pointer) => pointer.runs));
      if (settled !== null || runs.size !== 1 || plan.classes[name] === undefined) continue;
      yield {
        path: `/classes${step(name)}/settled`,
        classes: [name],
        message: `class ${name} has run one release only, ${[...runs].join('')}: a rollback has nowhere to go`,
        fix: 'try the first release on a bench or in a small fleet; the next one makes this one settled',
      };
    }
  },

  examples: [
    { title: 'a settled release', subject: exampleRollout(), expect: [] },
    {
      title: 'the first release',
      subject: exampleRollout({ runs: () => NEW, settled: null }),
      expect: [`class n100 has run one release only, ${NEW}: a rollback has nowhere to go`],
    },
  ],
});
