import { asList, asRecord, asText } from '../check/json.ts';
import { containersOf, podTemplates } from '../check/pods.ts';
import { defineRule } from '../check/rule.ts';
import { exampleContainer, exampleDaemonSet, exampleObjects } from './example-objects.ts';

export default defineRule({
  id: 'volume-unused',
  on: 'objects',
  severity: 'warning',
  summary: 'Every volume should be mounted by a container of its pod.',
  why: 'Nobody reads it, yet the pod waits for it, and usually a mount is what was forgotten.',
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/',
  since: '0.1.0',

  *check({ objects }) {
    for (const pod of podTemplates(objects)) {
      const mounted = new Set(
        containersOf(pod).flatMap(({ spec }) =>
          [...asList(spec['volumeMounts']), ...asList(spec['volumeDevices'])].map(
            (mount) => asRecord(mount)['name'],
          ),
        ),
      );
      for (const [index, volume] of asList(pod.spec['volumes']).entries()) {
        const name = asText(asRecord(volume)['name']);
        if (name === undefined || mounted.has(name)) continue;
        yield {
          path: `${pod.path}/spec/volumes/${index}`,
          at: pod.placed,
          message: `volume "${name}" is mounted by no container`,
          fix: 'mount it where it is needed, or drop it',
        };
      }
    }
  },

  examples: [
    {
      title: 'mounted by an init container',
      subject: exampleObjects([
        exampleDaemonSet({
          initContainers: [
            exampleContainer({ name: 'copy', volumeMounts: [{ name: 'model', mountPath: '/models' }] }),
          ],
          volumes: [{ name: 'model', emptyDir: {} }],
        }),
      ]),
      expect: [],
    },
    {
      title: 'mounted by nobody',
      subject: exampleObjects([exampleDaemonSet({ volumes: [{ name: 'model', emptyDir: {} }] })]),
      expect: ['volume "model" is mounted by no container'],
    },
  ],
});
