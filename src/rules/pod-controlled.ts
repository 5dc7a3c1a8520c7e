import { defineRule } from '../check/rule.ts';
import { exampleDaemonSet, exampleObject, exampleObjects, examplePodSpec } from './example-objects.ts';

export default defineRule({
  id: 'pod-controlled',
  on: 'objects',
  severity: 'error',
  summary: 'A pod must be made by a controller, not stand alone.',
  why: 'Nothing makes a lone pod again once it is gone, it runs on one device only, and its spec cannot be changed: a new release cannot be rolled out to it.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/#working-with-pods',
  since: '0.1.0',

  *check({ objects }) {
    for (const placed of objects) {
      if (placed.object.kind !== 'Pod' || placed.object.apiVersion !== 'v1') continue;
      yield {
        path: '/kind',
        at: placed,
        message: 'pod stands alone: no controller makes it again, updates it or runs it on other devices',
        fix: 'make it the template of a DaemonSet, or of a Deployment where one per cluster is enough',
      };
    }
  },

  examples: [
    { title: 'a DaemonSet', subject: exampleObjects([exampleDaemonSet()]), expect: [] },
    {
      title: 'a Pod',
      subject: exampleObjects([exampleObject('Pod', 'inference', { spec: examplePodSpec() })]),
      expect: ['pod stands alone: no controller makes it again, updates it or runs it on other devices'],
    },
  ],
});
