import { asList, asRecord, asText, type Json } from '../check/json.ts';
import { defineRule, type PlacedObject } from '../check/rule.ts';
import { exampleObjects } from './example-objects.ts';

const isKustomization = ({ object }: PlacedObject): boolean =>
  object.kind === 'Kustomization' && object.apiVersion.startsWith('kustomize.toolkit.fluxcd.io/');

interface Said {
  readonly path: string;
  readonly message: string;
  readonly fix: string;
}

/** Whether an expression compares what was seen with what is: else it may speak of the version before. */
const isCurrent = (expression: string): boolean => expression.includes('observedGeneration');

function* problemsOf(spec: Json): Generator<Said> {
  const waits = spec['wait'] === true;
  const checks = asList(spec['healthChecks']);
  if (waits && checks.length > 0)
    yield {
      path: '/spec/healthChecks',
      message: 'wait is true, with which Flux looks at everything and not at healthChecks',
      fix: 'remove healthChecks, or wait',
    };
  if (!waits && checks.length === 0 && asList(spec['healthCheckExprs']).length > 0)
    yield {
      path: '/spec/healthCheckExprs',
      message: 'healthCheckExprs alone check nothing',
      fix: 'set wait to true, or name the objects in healthChecks',
    };
  for (const [index, dependency] of asList(spec['dependsOn']).entries()) {
    const { name, readyExpr } = asRecord(dependency);
    const expression = asText(readyExpr);
    if (expression === undefined || isCurrent(expression)) continue;
    yield {
      path: `/spec/dependsOn/${index}/readyExpr`,
      message: `readyExpr of ${String(name)} replaces Flux's own check and does not compare observedGeneration: what it sees may be of the version before`,
      fix: 'begin it with dep.metadata.generation == dep.status.observedGeneration && …',
    };
  }
}

export default defineRule({
  id: 'flux-health-checked',
  on: 'objects',
  severity: 'warning',
  summary: 'Flux checks the health that a Kustomization declares, of the version that it applied.',
  why: 'Flux leaves out health checks that exclude each other without a word, and an expression that does not ask which version it sees calls one ready that has not begun.',
  source: 'https://fluxcd.io/flux/components/kustomize/kustomizations/#health-assessment',
  since: '0.1.0',

  *check({ objects }) {
    for (const placed of objects.filter(isKustomization))
      for (const said of problemsOf(asRecord(placed.object['spec']))) yield { ...said, at: placed };
  },

  examples: [
    {
      title: 'everything is waited for, with an expression for one kind',
      subject: exampleObjects([example({ wait: true, healthCheckExprs: [{ kind: 'DaemonSet' }] })]),
      expect: [],
    },
    {
      title: 'expressions that nothing asks',
      subject: exampleObjects([example({ healthCheckExprs: [{ kind: 'DaemonSet' }] })]),
      expect: ['healthCheckExprs alone check nothing'],
    },
    {
      title: 'expressions for the objects that are named',
      subject: exampleObjects([
        example({ healthChecks: [{ kind: 'DaemonSet' }], healthCheckExprs: [{ kind: 'DaemonSet' }] }),
      ]),
      expect: [],
    },
    {
      title: 'everything, and some besides',
      subject: exampleObjects([example({ wait: true, healthChecks: [{ kind: 'DaemonSet' }] })]),
      expect: ['wait is true, with which Flux looks at everything and not at healthChecks'],
    },
    {
      title: 'a dependency that is asked which version it is, and one that is not',
      subject: exampleObjects([
        example({
          dependsOn: [
            { name: 'a', readyExpr: 'dep.metadata.generation == dep.status.observedGeneration' },
            { name: 'b', readyExpr: "dep.status.conditions.exists(e, e.type == 'Ready')" },
            { name: 'c' },
          ],
        }),
      ]),
      expect: [
        "readyExpr of b replaces Flux's own check and does not compare observedGeneration: what it sees may be of the version before",
      ],
    },
  ],
});

function example(spec: Json): PlacedObject['object'] {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'fleet', namespace: 'flux-system' },
    spec,
  };
}
