import { asRecord } from '../check/json.ts';
import { containersOf, nameOf, podTemplates } from '../check/pods.ts';
import { defineRule } from '../check/rule.ts';
import { exampleContainer, exampleDaemonSet, exampleObjects } from './example-objects.ts';

/** Shortest time that a container with a liveness probe should have to start, in seconds. */
const LEAST_SECONDS = 30;

const http = { httpGet: { path: '/', port: 8501 } };
const probes = (fields: object): ReturnType<typeof exampleObjects> =>
  exampleObjects([exampleDaemonSet({ containers: [exampleContainer({ ...fields })] })]);

/** Seconds until the first kill, with what Kubernetes fills in. */
const seconds = (probe: Readonly<Record<string, unknown>>): number => {
  const number = (field: string, missing: number): number => {
    const value = probe[field];
    return typeof value === 'number' ? value : missing;
  };
  return number('initialDelaySeconds', 0) + number('periodSeconds', 10) * number('failureThreshold', 3);
};

export default defineRule({
  id: 'startup-time',
  on: 'objects',
  severity: 'warning',
  summary:
    'A container with a liveness probe should have a startup probe, or 30 s and more before the first kill.',
  why: 'On a small board a model takes longer to load than on the machine where it was tried: the liveness probe kills the container while it loads, again and again.',
  source:
    'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/#startup-probe',
  since: '0.1.0',

  *check({ objects }) {
    for (const pod of podTemplates(objects)) {
      for (const container of containersOf(pod)) {
        const { livenessProbe, startupProbe } = container.spec;
        if (livenessProbe === undefined || startupProbe !== undefined) continue;
        const time = seconds(asRecord(livenessProbe));
        if (time >= LEAST_SECONDS) continue;
        yield {
          path: `${container.path}/livenessProbe`,
          at: pod.placed,
          message: `${nameOf(container)} is killed when it is not alive ${time} s after its start, and has no startupProbe`,
          fix: 'add a startupProbe whose periodSeconds × failureThreshold covers loading on the slowest device',
        };
      }
    }
  },

  examples: [
    {
      title: 'a startup probe',
      subject: probes({ startupProbe: http, livenessProbe: { ...http, periodSeconds: 1 } }),
      expect: [],
    },
    { title: 'what Kubernetes fills in: 3 × 10 s', subject: probes({ livenessProbe: http }), expect: [] },
    {
      title: 'one second less',
      subject: probes({
        livenessProbe: { ...http, initialDelaySeconds: 2, periodSeconds: 9 },
      }),
      expect: [
        'container "server" is killed when it is not alive 29 s after its start, and has no startupProbe',
      ],
    },
  ],
});
