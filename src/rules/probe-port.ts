import { asList, asRecord, asText } from '../check/json.ts';
import { containersOf, nameOf, podTemplates } from '../check/pods.ts';
import { defineRule } from '../check/rule.ts';
import { exampleContainer, exampleDaemonSet, exampleObjects } from './example-objects.ts';

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'];
const ACTIONS = ['httpGet', 'tcpSocket'];

const probing = (port: unknown): ReturnType<typeof exampleObjects> =>
  exampleObjects([
    exampleDaemonSet({
      containers: [
        exampleContainer({
          ports: [{ name: 'http', containerPort: 8501 }],
          readinessProbe: { httpGet: { path: '/v1/models/detector', port } },
        }),
      ],
    }),
  ]);

export default defineRule({
  id: 'probe-port',
  on: 'objects',
  severity: 'error',
  summary: 'A probe that names a port must name one of its container.',
  why: 'The kubelet finds no such port and counts the probe as failed for good: the pod never gets ready, and the wave stands still at its first device.',
  source:
    'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#use-a-named-port',
  since: '0.1.0',

  *check({ objects }) {
    for (const pod of podTemplates(objects)) {
      for (const container of containersOf(pod)) {
        const ports = asList(container.spec['ports']).flatMap((port) => asText(asRecord(port)['name']) ?? []);
        for (const probe of PROBES) {
          for (const action of ACTIONS) {
            const port = asRecord(asRecord(container.spec[probe])[action])['port'];
            if (typeof port !== 'string' || ports.includes(port)) continue;
            yield {
              path: `${container.path}/${probe}/${action}/port`,
              at: pod.placed,
              message: `${probe} of ${nameOf(container)} asks port "${port}", and the container names ${ports.length === 0 ? 'none' : ports.map((name) => `"${name}"`).join(', ')}`,
              fix: 'name a port of the container, or give its number as a number',
            };
          }
        }
      }
    }
  },

  examples: [
    { title: 'a port of the container', subject: probing('http'), expect: [] },
    { title: 'a number', subject: probing(8501), expect: [] },
    {
      title: 'a misspelt name',
      subject: probing('htttp'),
      expect: ['readinessProbe of container "server" asks port "htttp", and the container names "http"'],
    },
    {
      title: 'a number that is written as a text',
      subject: probing('8501'),
      expect: ['readinessProbe of container "server" asks port "8501", and the container names "http"'],
    },
  ],
});
