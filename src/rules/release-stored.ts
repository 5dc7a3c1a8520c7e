import { step } from '../check/json.ts';
import { defineRule } from '../check/rule.ts';
import type { ClassState } from '../plan/state.ts';
import { exampleRollout, NEW, OLD } from './example-rollout.ts';
import { counted, listed } from './numbers.ts';
import { releasesOf } from '../plan/movement.ts';

export default defineRule({
  id: 'release-stored',
  on: 'rollout',
  severity: 'error',
  summary: 'Every release that a pointer names, or that is settled, is stored as it was made.',
  why: 'A release is kept, not derived: a rollback needs the very files that ran before. A pointer to files that are missing stops Flux on every cluster of its slice; one to files that were edited brings up what no canary has seen.',
  source: 'https://fluxcd.io/flux/components/kustomize/kustomizations/#path',
  since: '0.1.0',

  *check({ state, stored, plan }) {
    for (const [name, ofClass] of Object.entries(state.classes)) {
      for (const id of [...releasesOf(ofClass)].toSorted()) {
        const status = stored.get(name)?.get(id)?.status ?? 'missing';
        if (status === 'whole') continue;
        const folder = `generated/${plan.fleet}/releases/${name}/${id}`;
        yield {
          path: `/classes${step(name)}`,
          classes: [name],
          message: `release ${id} of class ${name} ${status === 'missing' ? 'is missing' : 'was changed after it was made'}: ${usesOf(ofClass, id)}`,
          fix: `bring the folder back as it was committed: git checkout COMMIT -- ${folder}`,
        };
      }
    }
  },

  examples: [
    { title: 'all releases stored', subject: exampleRollout(), expect: [] },
    {
      title: 'the settled release is missing',
      subject: exampleRollout({ broken: { [OLD]: 'missing' } }),
      expect: [`release ${OLD} of class n100 is missing: run by 22 slices and settled`],
    },
    {
      title: 'a release was edited by hand',
      subject: exampleRollout({ broken: { [NEW]: 'changed' } }),
      expect: [`release ${NEW} of class n100 was changed after it was made: run by 7 slices`],
    },
  ],
});

function usesOf({ pointers, settled }: ClassState, id: string): string {
  const slices = Object.values(pointers);
  const run = slices.filter(({ runs }) => runs === id).length;
  const ran = slices.filter(({ before }) => before === id).length;
  return listed([
    ...(run > 0 ? [`run by ${counted(run, 'slice')}`] : []),
    ...(ran > 0 ? [`run before by ${counted(ran, 'slice')}`] : []),
    ...(settled === id ? ['settled'] : []),
  ]);
}
