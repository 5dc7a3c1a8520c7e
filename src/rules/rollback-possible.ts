import { defineRule } from '../check/rule.ts';
import { exampleRollout, NEW } from './example-rollout.ts';
import { listed } from './numbers.ts';

export default defineRule({
  id: 'rollback-possible',
  on: 'rollout',
  severity: 'advice',
  summary: 'Every class has a settled release to go back to.',
  why: 'The first release of a class goes to all its slices, and before it there was nothing. Until a second one has been placed, a rollback has nowhere to go.',
  source: 'https://sre.google/sre-book/release-engineering/',
  since: '0.1.0',

  *check({ state, plan }) {
    const first = Object.entries(state.classes).filter(
      ([name, { settled, pointers }]) =>
        settled === null &&
        plan.classes[name] !== undefined &&
        new Set(Object.values(pointers).map(({ runs }) => runs)).size === 1,
    );
    if (first.length === 0) return;
    const names = first.map(([name]) => name);
    yield {
      path: '/classes',
      classes: names,
      message: `${names.length === 1 ? 'class' : 'classes'} ${listed(names)} ${names.length === 1 ? 'has' : 'have'} run one release only: a rollback has nowhere to go`,
      fix: 'try the first release where people watch it; the next one makes this one settled',
    };
  },

  examples: [
    { title: 'a settled release', subject: exampleRollout(), expect: [] },
    {
      title: 'the first release',
      subject: exampleRollout({ runs: () => NEW, settled: null }),
      expect: ['class n100 has run one release only: a rollback has nowhere to go'],
    },
  ],
});
