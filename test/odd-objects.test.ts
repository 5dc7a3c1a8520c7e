import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkFiles } from '../src/check/check.ts';
import type { ClassSubject } from '../src/check/rule.ts';
import { exampleClass } from '../src/rules/example-class.ts';
import { rules } from '../src/rules/index.ts';

/** Words that rules look for, so that random objects reach far into them. */
const key = fc.constantFrom(
  ...'name image resources limits requests memory cpu volumes volumeMounts emptyDir sizeLimit configMap secret env valueFrom'.split(
    ' ',
  ),
  ...'initContainers containers template spec selector matchLabels labels annotations metadata ports hostPort securityContext'.split(
    ' ',
  ),
  ...'capabilities drop updateStrategy rollingUpdate maxUnavailable maxSurge replicas strategy type data items key value'.split(
    ' ',
  ),
  ...'steps canary analysis metrics provider prometheus successCondition failureCondition interval count failureLimit'.split(
    ' ',
  ),
  ...'rollingSync matchExpressions operator values maxUpdate generators clusters dependsOn readyExpr timeout stepWeights'.split(
    ' ',
  ),
  '__proto__',
  'a/b~c',
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, -1, 1.5, '', '512Mi', 'x', '$', '100%', '5m', 'result[0] > (', 'In'),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
  ),
}));
const kind = fc.constantFrom(
  'Pod',
  'DaemonSet',
  'Deployment',
  'CronJob',
  'Job',
  'StatefulSet',
  'Secret',
  'ConfigMap',
  'Rollout',
  'AnalysisTemplate',
  'ApplicationSet',
  'Canary',
  'Kustomization',
);
const object = fc.record({
  apiVersion: fc.constantFrom(
    'v1',
    'apps/v1',
    'argoproj.io/v1alpha1',
    'flagger.app/v1beta1',
    'kustomize.toolkit.fluxcd.io/v1',
  ),
  kind,
  metadata: fc.record({
    name: fc.string(),
    namespace: fc.option(fc.string(), { nil: undefined }),
    labels: tree,
  }),
  spec: fc.oneof(
    tree,
    fc.record({
      metrics: fc.array(tree),
      strategy: fc.record({
        canary: fc.record({ steps: fc.array(tree) }),
        type: fc.constant('RollingSync'),
        rollingSync: fc.record({ steps: fc.array(tree) }),
      }),
      analysis: tree,
      dependsOn: fc.array(tree),
    }),
    fc.record({
      template: fc.record({
        spec: fc.record({ containers: fc.array(tree), volumes: tree, initContainers: tree }),
      }),
      selector: tree,
      replicas: tree,
      updateStrategy: tree,
      strategy: tree,
    }),
    fc.record({
      containers: fc.array(
        fc.record({ name: tree, image: tree, resources: tree, env: fc.array(tree), ports: fc.array(tree) }),
      ),
    }),
  ),
  data: tree,
});

const ofClass = rules.filter(({ on }) => on === 'class');

test('no object makes a rule throw, and each is reported at a place in its file', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(object, { minLength: 1, maxLength: 3 }), async (objects) => {
      const text = objects.map((object) => JSON.stringify(object)).join('\n---\n');
      const { findings } = await checkFiles([{ file: 'a.yaml', text }], { rules });
      for (const { locations } of findings) expect(locations[0]!.line).toBeGreaterThan(0);
      const subject: ClassSubject = exampleClass(
        objects.map((object) => JSON.parse(JSON.stringify(object))),
        {
          device: { maxDevicesPerCluster: 20 },
        },
      );
      for (const rule of ofClass) expect([...rule.check(subject)]).toBeDefined();
    }),
    { numRuns: 150 },
  );
});
