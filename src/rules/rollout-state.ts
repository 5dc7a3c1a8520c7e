import type { RuleFinding } from '../check/finding.ts';
import { step } from '../check/json.ts';
import { defineRule } from '../check/rule.ts';
import { SLICE_NAMES } from '../plan/movement.ts';
import type { ReleaseId } from '../plan/plan.ts';
import type { ClassState } from '../plan/state.ts';
import { exampleRejection, exampleRollout, NEW, OLD } from './example-rollout.ts';
import { counted, listed } from './numbers.ts';

export default defineRule({
  id: 'rollout-state',
  on: 'rollout',
  severity: 'error',
  summary: 'The rollout file says what the rules of movement can have made.',
  why: 'Git can merge two rollout files without a conflict into one that nobody meant: a slice on a release that was rolled back, or slices that differ with nothing to go back to.',
  source: 'https://git-scm.com/docs/merge-strategies',
  since: '0.1.0',

  *check({ state, plan }) {
    if (state.fleet !== plan.fleet)
      yield {
        path: '/fleet',
        message: `the rollout file is of the fleet ${state.fleet}, the definition of ${plan.fleet}`,
        fix: `check fleets/${plan.fleet}.rollout.json out from the commit that had the right one`,
      };
    const renamed = new Set(Object.values(plan.classes).map(({ renamedFrom }) => renamedFrom));
    for (const [name, ofClass] of Object.entries(state.classes)) {
      const path = `/classes${step(name)}`;
      if (plan.classes[name] === undefined && !renamed.has(name))
        yield {
          path,
          classes: [],
          message: `the rollout file has a class ${name}, which the definition lacks`,
          fix: `put class ${name} back, or run breakwater synth, which takes its pointers away`,
        };
      yield* contradictions(plan.fleet, name, ofClass, path);
    }
  },

  examples: [
    {
      title: 'the first wave on a new release, the rest on the settled one',
      subject: exampleRollout(),
      expect: [],
    },
    {
      title: 'one release everywhere and nothing settled: the first release',
      subject: exampleRollout({ runs: () => NEW, settled: null }),
      expect: [],
    },
    {
      title: 'a rejected release that nothing runs',
      subject: exampleRollout({ runs: () => OLD, rejected: [exampleRejection(NEW)] }),
      expect: [],
    },
    {
      title: 'slices on a rejected release',
      subject: exampleRollout({ rejected: [exampleRejection(NEW)] }),
      expect: [`${NEW}, rejected (too many errors), is run by 7 slices of class n100`],
    },
    {
      title: 'the settled release is rejected',
      subject: exampleRollout({ runs: () => NEW, rejected: [exampleRejection(OLD)] }),
      expect: [`the settled release ${OLD} of class n100 was rejected (too many errors)`],
    },
    {
      title: 'slices differ and nothing is settled',
      subject: exampleRollout({ settled: null }),
      expect: [`slices of class n100 run 2 releases (${OLD} and ${NEW}), and none is settled`],
    },
    {
      title: 'a class that the definition lacks, in the file of another fleet',
      subject: exampleRollout({ fleet: 'other', class: 'gone' }),
      expect: [
        'the rollout file is of the fleet other, the definition of example',
        'the rollout file has a class gone, which the definition lacks',
      ],
    },
  ],
});

function* contradictions(
  fleet: string,
  name: string,
  { settled, rejected, pointers }: ClassState,
  path: string,
): Generator<RuleFinding> {
  const classes = [name];
  const unknown = Object.keys(pointers).filter((slice) => !SLICE_NAMES.includes(slice));
  if (unknown.length > 0)
    yield {
      path: `${path}/pointers`,
      classes,
      message: `class ${name} has pointers for ${listed(unknown)}, which ${unknown.length === 1 ? 'is no slice' : 'are no slices'}`,
      fix: 'take these lines out of the rollout file',
    };
  const slicesOf = new Map<ReleaseId, number>();
  for (const { runs } of Object.values(pointers)) slicesOf.set(runs, (slicesOf.get(runs) ?? 0) + 1);
  for (const { release, reason } of rejected) {
    const slices = slicesOf.get(release) ?? 0;
    if (slices > 0)
      yield {
        path: `${path}/pointers`,
        classes,
        message: `${release}, rejected (${reason}), is run by ${counted(slices, 'slice')} of class ${name}`,
        fix: `go back with breakwater rollback ${fleet} --class ${name} --reason TEXT, or clear the rejection with breakwater retry ${fleet} ${release}`,
      };
    if (release === settled)
      yield {
        path: `${path}/settled`,
        classes,
        message: `the settled release ${release} of class ${name} was rejected (${reason})`,
        fix: `set settled to the release that class ${name} may go back to, or clear the rejection with breakwater retry ${fleet} ${release}`,
      };
  }
  if (settled === null && slicesOf.size > 1)
    yield {
      path: `${path}/settled`,
      classes,
      message: `slices of class ${name} run ${slicesOf.size} releases (${listed([...slicesOf.keys()].toSorted())}), and none is settled`,
      fix: `set settled to the release that class ${name} may go back to`,
    };
}
