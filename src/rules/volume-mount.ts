import { asList, asRecord, asText } from '../check/json.ts';
import { containersOf, nameOf, podTemplates } from '../check/pods.ts';
import { defineRule } from '../check/rule.ts';
import { exampleContainer, exampleDaemonSet, exampleObjects } from './example-objects.ts';

export default defineRule({
  id: 'volume-mount',
  on: 'objects',
  severity: 'error',
  summary: 'Every volumeMount and volumeDevice must name a volume of its pod.',
  why: 'The API server refuses such a pod, so the wave stops at its first cluster; the model is usually what is missing.',
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/',
  since: '0.1.0',

  *check({ objects }) {
    for (const pod of podTemplates(objects)) {
      const volumes = asList(pod.spec['volumes']).map((volume) => asText(asRecord(volume)['name']));
      // A StatefulSet's claims are volumes of its pods too.
      const claims = asList(asRecord(pod.placed.object['spec'])['volumeClaimTemplates']);
      volumes.push(...claims.map((claim) => asText(asRecord(asRecord(claim)['metadata'])['name'])));
      for (const container of containersOf(pod)) {
        for (const field of ['volumeMounts', 'volumeDevices']) {
          for (const [index, mount] of asList(container.spec[field]).entries()) {
            const { name, mountPath, devicePath } = asRecord(mount);
            if (volumes.includes(asText(name))) continue;
            const where = asText(mountPath) ?? asText(devicePath) ?? '?';
            const known = volumes.length === 0 ? 'which has none' : `which has ${quoted(volumes)}`;
            yield {
              path: `${container.path}/${field}/${index}`,
              at: pod.placed,
              message: `${nameOf(container)} mounts volume "${asText(name) ?? ''}" at ${where} in a pod ${known}`,
              fix: `add the volume to the pod's volumes with its source, or drop the mount`,
            };
          }
        }
      }
    }
  },

  examples: [
    {
      title: 'the volume is there',
      subject: exampleObjects([
        exampleDaemonSet({
          containers: [exampleContainer({ volumeMounts: [{ name: 'model', mountPath: '/models' }] })],
          volumes: [{ name: 'model', emptyDir: { sizeLimit: '64Mi' } }],
        }),
      ]),
      expect: [],
    },
    {
      title: 'no volumes at all',
      subject: exampleObjects([
        exampleDaemonSet({
          containers: [exampleContainer({ volumeMounts: [{ name: 'model', mountPath: '/models' }] })],
        }),
      ]),
      expect: ['container "server" mounts volume "model" at /models in a pod which has none'],
    },
    {
      title: 'a misspelt name, in a sidecar',
      subject: exampleObjects([
        exampleDaemonSet({
          initContainers: [
            exampleContainer({
              name: 'agent',
              restartPolicy: 'Always',
              volumeMounts: [{ name: 'wall', mountPath: '/wal' }],
            }),
          ],
          volumes: [{ name: 'wal', emptyDir: { sizeLimit: '64Mi' } }],
        }),
      ]),
      expect: ['sidecar "agent" mounts volume "wall" at /wal in a pod which has "wal"'],
    },
  ],
});

const quoted = (names: readonly (string | undefined)[]): string =>
  names.map((name) => `"${name ?? ''}"`).join(', ');
