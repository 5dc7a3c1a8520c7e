import { defineRule } from '../check/rule.ts';
import type { PlanFile } from '../plan/plan.ts';
import { exampleRows, ORIN_NANO } from './example-fleet.ts';
import { exampleChange } from './example-change.ts';
import { counted, listed } from './numbers.ts';

const TWO = { classes: { 'orin-nano': ORIN_NANO } };

export default defineRule({
  id: 'clusters-stay',
  on: 'change',
  severity: 'advice',
  summary: 'Clusters keep their class and their slice.',
  why: 'A cluster was told its class and its slice once, when it was bootstrapped. Moved in the inventory alone it goes on syncing the old folder, while the plan counts it in the new one.',
  source: 'https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution',
  since: '0.1.0',

  *check({ before, after }) {
    if (before?.inventory !== 'exact' || after.inventory !== 'exact') return;
    if (before.salt !== after.salt || before.total.clusters !== after.total.clusters) return;
    const differences = Object.keys(after.classes).map((name) => ({
      name,
      more: after.classes[name]!.clusters - (before.classes[name]?.clusters ?? 0),
    }));
    const grown = differences.filter(({ more }) => more > 0);
    const shrunk = differences.filter(({ more }) => more < 0);
    if (grown.length > 0 && shrunk.length > 0)
      yield {
        path: '/inventory',
        classes: [...shrunk, ...grown].map(({ name }) => name),
        message: `of ${counted(after.total.clusters, 'cluster')} as before, ${listed([
          ...shrunk.map(({ name, more }) => `${-more} fewer are of class ${name}`),
          ...grown.map(({ name, more }) => `${more} more of class ${name}`),
        ])}`,
        fix: 'bootstrap clusters that changed their class again: breakwater diff lists them',
      };
    for (const { name, more } of differences) {
      if (more !== 0) continue;
      const moved = movedBetween(before, after, name);
      if (moved === 0) continue;
      yield {
        path: '/inventory',
        classes: [name],
        message: `${counted(moved, 'cluster')} of class ${name} ${moved === 1 ? 'is' : 'are'} counted in another slice, though there are as many as before`,
        fix: 'bootstrap clusters whose pin changed again: breakwater diff lists them',
      };
    }
  },

  examples: [
    {
      title: 'the same clusters',
      subject: exampleChange({ rows: { before: exampleRows(40), after: exampleRows(40) } }),
      expect: [],
    },
    {
      title: 'a cluster more: those that were there stay where they are',
      subject: exampleChange({ rows: { before: exampleRows(40), after: exampleRows(41) } }),
      expect: [],
    },
    {
      title: 'two clusters of another class',
      subject: exampleChange({
        before: TWO,
        after: TWO,
        rows: {
          before: [...exampleRows(40), ...exampleRows(10, { class: 'orin-nano' })],
          after: [...exampleRows(38), ...exampleRows(12, { class: 'orin-nano' })],
        },
      }),
      expect: ['of 50 clusters as before, 2 fewer are of class n100 and 2 more of class orin-nano'],
    },
    {
      title: 'a cluster pinned to the canary',
      subject: exampleChange({
        rows: {
          before: exampleRows(40, { slice: 'p050.00' }),
          after: [...exampleRows(39, { slice: 'p050.00' }), ...exampleRows(1, { slice: 'p001.00' })],
        },
      }),
      expect: ['1 cluster of class n100 is counted in another slice, though there are as many as before'],
    },
  ],
});

/** At least so many clusters changed their slice, where a class has as many as before. */
const movedBetween = (before: PlanFile, after: PlanFile, name: string): number =>
  after.slices
    .map(
      ({ classes }, index) =>
        (classes[name]?.clusters ?? 0) - (before.slices[index]?.classes[name]?.clusters ?? 0),
    )
    .filter((more) => more > 0)
    .reduce((sum, more) => sum + more, 0);
