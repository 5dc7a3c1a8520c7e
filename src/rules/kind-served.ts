import { defineRule } from '../check/rule.ts';
import { exampleObject, exampleObjects } from './example-objects.ts';
import { exampleStructured } from './example-schemas.ts';

export default defineRule({
  id: 'kind-served',
  on: 'objects',
  severity: 'error',
  summary: 'The API server of the class must have every kind under the version that is written.',
  why: 'The server answers that it knows no such kind, and Flux applies nothing of the release. Versions come and go with minors, so it may have worked on the cluster next door.',
  source: 'https://kubernetes.io/docs/reference/using-api/deprecation-guide/',
  since: '0.1.0',

  *check({ objects, schemas }) {
    if (schemas === undefined) {
      yield { notEvaluated: 'structure of objects: there are no schemas for their minor of Kubernetes' };
      return;
    }
    for (const placed of objects) {
      const { apiVersion, kind } = placed.object;
      if (schemas.find(apiVersion, kind)) continue;
      const elsewhere = schemas.elsewhere(apiVersion, kind);
      if (elsewhere.length === 0 && !schemas.knowsGroup(apiVersion)) {
        yield { notEvaluated: `structure of ${kind} of ${apiVersion}: there is no schema for it` };
        continue;
      }
      const versions = schemas.versionsOf(kind);
      yield {
        path: '/apiVersion',
        at: placed,
        message:
          elsewhere.length > 0
            ? `there is no ${kind} of ${apiVersion} in Kubernetes ${schemas.minor}, only in ${elsewhere.join(', ')}`
            : `there is no ${kind} of ${apiVersion} in Kubernetes ${schemas.minor}`,
        fix:
          versions.length > 0 ? `write apiVersion: ${versions.join(' or ')}` : 'correct kind and apiVersion',
      };
    }
  },

  examples: [
    {
      title: 'a kind under its version',
      subject: exampleStructured([exampleObject('ConfigMap', 'settings')]),
      expect: [],
    },
    {
      title: 'a version that is gone',
      subject: exampleStructured([
        exampleObject('PodDisruptionBudget', 'inference', { apiVersion: 'policy/v1beta1' }),
      ]),
      expect: ['there is no PodDisruptionBudget of policy/v1beta1 in Kubernetes 1.36'],
    },
    {
      title: 'a kind that comes with the next minor',
      subject: exampleStructured([
        exampleObject('PodGroup', 'x', { apiVersion: 'scheduling.k8s.io/v1beta1' }),
      ]),
      expect: ['there is no PodGroup of scheduling.k8s.io/v1beta1 in Kubernetes 1.36, only in 1.37'],
    },
    {
      title: 'a custom resource that nobody knows',
      subject: exampleStructured([exampleObject('Widget', 'x', { apiVersion: 'example.com/v1' })]),
      expect: ['not evaluated: structure of Widget of example.com/v1: there is no schema for it'],
    },
    {
      title: 'a minor without schemas',
      subject: exampleObjects([exampleObject('ConfigMap', 'settings')]),
      expect: ['not evaluated: structure of objects: there are no schemas for their minor of Kubernetes'],
    },
  ],
});
