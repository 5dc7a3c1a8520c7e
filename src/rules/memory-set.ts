import { asQuantity, within } from '../check/json.ts';
import { containersOf, nameOf, podTemplates } from '../check/pods.ts';
import { defineRule } from '../check/rule.ts';
import { exampleContainer, exampleDaemonSet, exampleObjects } from './example-objects.ts';

export default defineRule({
  id: 'memory-set',
  on: 'objects',
  severity: 'error',
  summary: 'Every container must request memory and limit it.',
  why: 'K3s sets no memory threshold for eviction, so one container without a limit takes all memory of the device and the kernel kills whatever it chooses; without a request the scheduler counts it as nothing.',
  source: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
  since: '0.1.0',

  *check({ objects }) {
    for (const pod of podTemplates(objects)) {
      for (const container of containersOf(pod)) {
        const resources = container.spec['resources'];
        const limit = asQuantity(within(resources, 'limits', 'memory'));
        // The API server takes the limit where the request is missing, so only a limit must be written.
        const request = asQuantity(within(resources, 'requests', 'memory')) ?? limit;
        if (limit !== undefined && request !== undefined) continue;
        const lacks = request === undefined ? 'neither memory request nor memory limit' : 'no memory limit';
        yield {
          path: `${container.path}/resources`,
          at: pod.placed,
          message: `${nameOf(container)} has ${lacks}`,
          fix: 'set resources.requests.memory and resources.limits.memory to what it needs at most',
        };
      }
    }
  },

  examples: [
    { title: 'both', subject: exampleObjects([exampleDaemonSet()]), expect: [] },
    {
      title: 'a limit alone is its own request',
      subject: exampleObjects([
        exampleDaemonSet({ containers: [exampleContainer({ resources: { limits: { memory: '512Mi' } } })] }),
      ]),
      expect: [],
    },
    {
      title: 'a request alone',
      subject: exampleObjects([
        exampleDaemonSet({
          containers: [exampleContainer({ resources: { requests: { memory: '512Mi' } } })],
        }),
      ]),
      expect: ['container "server" has no memory limit'],
    },
    {
      title: 'nothing, in a sidecar and an init container',
      subject: exampleObjects([
        exampleDaemonSet({
          initContainers: [
            exampleContainer({ name: 'copy', resources: {} }),
            exampleContainer({ name: 'agent', restartPolicy: 'Always', resources: undefined }),
          ],
        }),
      ]),
      expect: [
        'init container "copy" has neither memory request nor memory limit',
        'sidecar "agent" has neither memory request nor memory limit',
      ],
    },
  ],
});
