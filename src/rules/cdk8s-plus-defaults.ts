import { within } from '../check/json.ts';
import { containersOf, nameOf, podTemplates } from '../check/pods.ts';
import { defineRule } from '../check/rule.ts';
import { exampleContainer, exampleDeployment, exampleObjects } from './example-objects.ts';

/** The label by which cdk8s-plus selects its pods; it gives away who made an object. */
const ADDRESS = 'cdk8s.io/metadata.addr';

export default defineRule({
  id: 'cdk8s-plus-defaults',
  on: 'objects',
  severity: 'warning',
  summary: 'Defaults of cdk8s-plus that are made for servers should not reach a board.',
  why: 'Nobody chose them: two replicas and a limit of 2Gi for each container take a small board whole, and a selector hashed from the construct’s path changes when the construct is renamed.',
  source: 'https://cdk8s.io/docs/latest/plus/cdk8s-plus-28/container/#resources',
  since: '0.1.0',

  *check({ objects }) {
    for (const pod of podTemplates(objects)) {
      const { object } = pod.placed;
      const made = ADDRESS in pod.labels;
      if (made && object.kind === 'Deployment' && within(object, 'spec', 'replicas') === 2) {
        yield {
          path: '/spec/replicas',
          at: pod.placed,
          message: 'replicas is 2, which cdk8s-plus fills in where none is given',
          fix: 'set replicas: 1 on the construct',
        };
      }
      if (made && within(object, 'spec', 'selector', 'matchLabels', ADDRESS) !== undefined) {
        yield {
          path: '/spec/selector/matchLabels',
          at: pod.placed,
          message: `selector is ${ADDRESS}, a hash of the construct's path`,
          fix: 'pass select: false to the construct and select stable labels of your own, since a selector cannot be changed later',
        };
      }
      for (const container of containersOf(pod)) {
        const limits = within(container.spec, 'resources', 'limits');
        const { cpu, memory } = { cpu: within(limits, 'cpu'), memory: within(limits, 'memory') };
        if (cpu !== '1500m' || memory !== '2048Mi') continue;
        yield {
          path: `${container.path}/resources/limits`,
          at: pod.placed,
          message: `${nameOf(container)} has the limits 1500m and 2048Mi, which cdk8s-plus fills in where none are given`,
          fix: 'give the container resources of its own',
        };
      }
    }
  },

  examples: [
    { title: 'chosen values', subject: exampleObjects([exampleDeployment()]), expect: [] },
    {
      title: 'two replicas that somebody chose',
      subject: exampleObjects([exampleDeployment({}, { replicas: 2 })]),
      expect: [],
    },
    {
      title: 'what cdk8s-plus writes',
      subject: exampleObjects([
        exampleDeployment(
          {},
          {
            replicas: 2,
            selector: { matchLabels: { [ADDRESS]: 'c8f1a2' } },
            template: {
              metadata: { labels: { [ADDRESS]: 'c8f1a2' } },
              spec: {
                containers: [exampleContainer({ resources: { limits: { cpu: '1500m', memory: '2048Mi' } } })],
              },
            },
          },
        ),
      ]),
      expect: [
        'replicas is 2, which cdk8s-plus fills in where none is given',
        "selector is cdk8s.io/metadata.addr, a hash of the construct's path",
        'container "server" has the limits 1500m and 2048Mi, which cdk8s-plus fills in where none are given',
      ],
    },
  ],
});
