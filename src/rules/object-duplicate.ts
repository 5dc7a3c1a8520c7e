import { subjectOf } from '../check/pods.ts';
import { defineRule } from '../check/rule.ts';
import { exampleObject, exampleObjects } from './example-objects.ts';

export default defineRule({
  id: 'object-duplicate',
  on: 'objects',
  severity: 'error',
  summary: 'No two objects that are applied together may have the same kind, namespace and name.',
  why: 'Kustomize refuses the whole release, and where it does not, the object that is applied last wins.',
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/names/',
  since: '0.1.0',

  *check({ objects, complete }) {
    const seen = new Map<string, string>();
    for (const placed of objects) {
      const { object, file } = placed;
      // With generateName the API server makes a new name each time.
      if ((object.metadata.name as string | undefined) === undefined) continue;
      const group = object.apiVersion.replace(/\/?[^/]*$/, '');
      const key = `${group} ${subjectOf(object)}`;
      const first = seen.get(key);
      if (first === undefined) {
        seen.set(key, file);
        continue;
      }
      // Files that are given together may belong to different clusters; within one file they go together.
      if (!complete && first !== file) continue;
      yield {
        path: '/metadata/name',
        at: placed,
        message: `${quote(subjectOf(object))} stands in ${first} already`,
        fix: 'give one of them another name, or drop it',
      };
    }
  },

  examples: [
    {
      title: 'two kinds with one name',
      subject: exampleObjects([
        exampleObject('Service', 'inference'),
        exampleObject('ConfigMap', 'inference'),
      ]),
      expect: [],
    },
    {
      title: 'two namespaces',
      subject: exampleObjects([
        exampleObject('ConfigMap', 'one'),
        exampleObject('ConfigMap', 'one', { metadata: { name: 'one', namespace: 'other' } }),
      ]),
      expect: [],
    },
    {
      title: 'two versions of one kind are one object',
      subject: exampleObjects([
        exampleObject('DaemonSet', 'inference', { apiVersion: 'apps/v1' }),
        exampleObject('DaemonSet', 'inference', { apiVersion: 'apps/v1beta2' }),
      ]),
      expect: ['"DaemonSet/store-cameras/inference" stands in objects/daemonset-inference.yaml already'],
    },
  ],
});

const quote = (text: string): string => `"${text}"`;
