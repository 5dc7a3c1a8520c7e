import { asList } from '../check/json.ts';
import { containersOf, nameOf, podTemplates } from '../check/pods.ts';
import { defineRule } from '../check/rule.ts';
import { exampleContainer, exampleDaemonSet, exampleObjects } from './example-objects.ts';

const http = { containerPort: 8501, name: 'http' };
const probe = { httpGet: { path: '/v1/models/detector', port: 'http' } };

export default defineRule({
  id: 'readiness-probe',
  on: 'objects',
  severity: 'warning',
  summary: 'A container that serves a port should say when it is ready.',
  why: 'Without a readiness probe a pod counts as ready as soon as its process runs: the rollout goes on, and the wave looks healthy, before the model has been loaded once.',
  source:
    'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/#readiness-probe',
  since: '0.1.0',

  *check({ objects }) {
    for (const pod of podTemplates(objects)) {
      for (const container of containersOf(pod)) {
        // A sidecar's port is for scrapers: what it lacks holds up nobody.
        if (container.role !== 'app' || asList(container.spec['ports']).length === 0) continue;
        if (container.spec['readinessProbe'] !== undefined) continue;
        yield {
          path: container.path,
          at: pod.placed,
          message: `${nameOf(container)} serves a port and has no readinessProbe`,
          fix: 'add a readinessProbe that succeeds only once the model is loaded, such as GET /v1/models/<name>',
        };
      }
    }
  },

  examples: [
    {
      title: 'ready when the model is',
      subject: exampleObjects([
        exampleDaemonSet({ containers: [exampleContainer({ ports: [http], readinessProbe: probe })] }),
      ]),
      expect: [],
    },
    { title: 'a container without a port', subject: exampleObjects([exampleDaemonSet()]), expect: [] },
    {
      title: 'a port and no probe',
      subject: exampleObjects([exampleDaemonSet({ containers: [exampleContainer({ ports: [http] })] })]),
      expect: ['container "server" serves a port and has no readinessProbe'],
    },
  ],
});
