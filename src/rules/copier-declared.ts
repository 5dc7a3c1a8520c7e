import { step } from '../check/json.ts';
import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';
import { exampleImage } from './example-objects.ts';
import { forClass, modelServers } from './model-servers.ts';

/** First minor with image volumes on by default. */
const IMAGE_VOLUMES = 35;

export default defineRule({
  id: 'copier-declared',
  on: 'fleet',
  severity: 'error',
  summary: 'Where K3s cannot mount a model image, the model server has a copier.',
  why: 'Image volumes are on by default from Kubernetes 1.35. Before, the API server drops them without an error, the pod starts without its model, and its readiness never comes.',
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/image-volumes/',
  since: '0.1.0',

  *check({ spec }) {
    for (const [workload, { copier }] of modelServers(spec)) {
      for (const [name, { k3s }] of Object.entries(spec.classes)) {
        if (Number(k3s.split('.')[1]) >= IMAGE_VOLUMES || forClass(copier, name) !== undefined) continue;
        yield {
          path: `/workloads${step(workload)}`,
          classes: [name],
          message: `${workload} has no copier for class ${name}: K3s ${k3s} does not mount model images, 1.${IMAGE_VOLUMES} and later do`,
          fix: `append the model's files to a small image that has cp, and name it by digest as copier of ${workload}`,
        };
      }
    }
  },

  examples: [
    { title: 'K3s 1.36 mounts the model image', subject: exampleFleet(), expect: [] },
    { title: 'so does 1.35', subject: exampleFleet({ classes: { n100: { k3s: '1.35' } } }), expect: [] },
    {
      title: 'K3s 1.34 without a copier',
      subject: exampleFleet({ classes: { n100: { k3s: '1.34' } } }),
      expect: [
        'inference has no copier for class n100: K3s 1.34 does not mount model images, 1.35 and later do',
      ],
    },
    {
      title: 'K3s 1.34 with a copier',
      subject: exampleFleet({
        classes: { n100: { k3s: '1.34' } },
        workloads: { inference: { copier: exampleImage('models/detector-copier') } },
      }),
      expect: [],
    },
  ],
});
