// What our rules say of a Rollout, and whether the real controller takes it: on the examples of the rules themselves.

import type { ObjectsSubject } from '../../src/check/rule.ts';
import rolloutValid from '../../src/rules/argo-rollout-valid.ts';
import routingValid from '../../src/rules/argo-routing-valid.ts';
import stepsValid from '../../src/rules/argo-steps-valid.ts';
import { exampleArgoRollout } from '../../src/rules/argo-objects.ts';
import { exampleObjects } from '../../src/rules/example-objects.ts';
import type { KubeObject } from '../../src/synth/manifests.ts';
import type { Condition } from '../harness/api.ts';
import type { ControlPlane } from '../harness/control-plane.ts';
import { until } from '../harness/until.ts';
import { SINGLE_FAULTS } from './rollout-faults.ts';

const API = 'argoproj.io/v1alpha1';
const RULES = [rolloutValid, routingValid, stepsValid];

interface RolloutCase {
  readonly name: string;
  readonly rollout: KubeObject;
  /** Whether a rule finds something. */
  readonly isRefused: boolean;
}

const findsIn = (subject: ObjectsSubject): boolean =>
  RULES.some((rule) => [...rule.check(subject)].length > 0);

const caseOf = (name: string, object: KubeObject): RolloutCase => {
  const rollout = { ...object, metadata: { name, namespace: 'default' } };
  return { name, rollout, isRefused: findsIn(exampleObjects([rollout])) };
};

/** Every Rollout in an example of a rule, and those with one thing wrong at most: the controller tells the first alone. */
export const ROLLOUT_CASES: readonly RolloutCase[] = [
  ...RULES.flatMap(({ id, examples }) =>
    examples.flatMap(({ subject }, example) =>
      subject.objects.map(({ object }, place) => caseOf(`${id}-${example}-${place}`, object)),
    ),
  ),
  ...SINGLE_FAULTS.map(([name, ...parts]) => caseOf(name, exampleArgoRollout(...parts))),
];

/** What the controller says is wrong with a Rollout; empty where it finds nothing but that what it refers to is missing. */
export async function refusalOf({ api }: ControlPlane, { name, rollout }: RolloutCase): Promise<string> {
  await api.apply(rollout);
  const conditions = await until(`the controller to look at ${name}`, async () => {
    const live = await api.get<unknown, { conditions?: readonly Condition[] }>(
      API,
      'Rollout',
      'default',
      name,
    );
    const { conditions = [] } = live?.status ?? {};
    return conditions.length > 0 && conditions;
  });
  const { message = '' } = conditions.find(({ type }) => type === 'InvalidSpec') ?? {};
  return /not found|could not find/i.test(message) ? '' : message;
}
