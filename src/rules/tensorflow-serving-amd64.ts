import { step } from '../check/json.ts';
import { defineRule } from '../check/rule.ts';
import { exampleFleet, ORIN_NANO } from './example-fleet.ts';
import { exampleImage } from './example-objects.ts';
import { forClass, modelServers } from './model-servers.ts';

export default defineRule({
  id: 'tensorflow-serving-amd64',
  on: 'fleet',
  severity: 'warning',
  summary: 'TensorFlow Serving is declared for amd64 classes only.',
  why: 'The official image of TensorFlow Serving exists for amd64 alone. On an ARM board it is pulled, paid for in bytes, and fails with an exec format error.',
  source: 'https://github.com/tensorflow/serving/issues/1948',
  since: '0.1.0',

  *check({ spec }) {
    for (const [workload, { server }] of modelServers(spec)) {
      for (const [name, { arch }] of Object.entries(spec.classes)) {
        if (arch === 'amd64' || forClass(server, name)?.kind !== 'tensorflow-serving') continue;
        yield {
          path: `/workloads${step(workload)}/server`,
          classes: [name],
          message: `${workload} serves with TensorFlow Serving on class ${name}, which is ${arch}: its official image is amd64 only`,
          fix: `write server: byClass({ … }) with a breakwaterServer for class ${name}, or accept this with the reason that the image is your own build`,
        };
      }
    }
  },

  examples: [
    { title: 'TensorFlow Serving on amd64', subject: exampleFleet(), expect: [] },
    {
      title: 'TensorFlow Serving on arm64',
      subject: exampleFleet({ classes: { 'orin-nano': ORIN_NANO } }),
      expect: [
        'inference serves with TensorFlow Serving on class orin-nano, which is arm64: its official image is amd64 only',
      ],
    },
    {
      title: 'another server on arm64',
      subject: exampleFleet({
        classes: { n100: undefined, 'orin-nano': ORIN_NANO },
        inventory: [{ class: 'orin-nano', region: 'eu', clusters: 100, devicesPerCluster: 1 }],
        workloads: {
          inference: {
            server: {
              kind: 'container',
              image: exampleImage('server'),
              ports: { http: 8080 },
              ready: '/ready',
            },
          },
        },
      }),
      expect: [],
    },
  ],
});
