import { asQuantity, within } from '../check/json.ts';
import { containersOf, nameOf, podTemplates } from '../check/pods.ts';
import { sameQuantity } from '../check/quantities.ts';
import { defineRule } from '../check/rule.ts';
import { exampleContainer, exampleDaemonSet, exampleObjects } from './example-objects.ts';

export default defineRule({
  id: 'memory-guaranteed',
  on: 'objects',
  severity: 'warning',
  summary: 'A container that keeps running should request as much memory as it may take.',
  why: 'What is taken above the request belongs to nobody: when the device runs short, the kernel kills the container furthest above its request first, and that is the one that serves.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/',
  since: '0.1.0',

  *check({ objects }) {
    for (const pod of podTemplates(objects)) {
      for (const container of containersOf(pod)) {
        if (container.role === 'init') continue;
        const { resources } = container.spec;
        const request = asQuantity(within(resources, 'requests', 'memory'));
        const limit = asQuantity(within(resources, 'limits', 'memory'));
        if (request === undefined || limit === undefined || sameQuantity(request, limit)) continue;
        yield {
          path: `${container.path}/resources/requests/memory`,
          at: pod.placed,
          message: `${nameOf(container)} requests ${request} of memory and may take ${limit}`,
          fix: `set both to what it needs at most, ${limit} if that is it`,
        };
      }
    }
  },

  examples: [
    { title: 'request and limit alike', subject: exampleObjects([exampleDaemonSet()]), expect: [] },
    {
      title: 'the same amount, written in two ways',
      subject: exampleObjects([
        exampleDaemonSet({
          containers: [
            exampleContainer({
              resources: { requests: { memory: '1024Mi' }, limits: { memory: '1Gi' } },
            }),
          ],
        }),
      ]),
      expect: [],
    },
    {
      title: 'an init container is gone before anything serves',
      subject: exampleObjects([
        exampleDaemonSet({
          initContainers: [
            exampleContainer({
              name: 'copy',
              resources: { requests: { memory: '16Mi' }, limits: { memory: '64Mi' } },
            }),
          ],
        }),
      ]),
      expect: [],
    },
    {
      title: 'half the limit',
      subject: exampleObjects([
        exampleDaemonSet({
          containers: [
            exampleContainer({
              resources: { requests: { memory: '256Mi' }, limits: { memory: '512Mi' } },
            }),
          ],
        }),
      ]),
      expect: ['container "server" requests 256Mi of memory and may take 512Mi'],
    },
  ],
});
