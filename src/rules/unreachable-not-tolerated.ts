import { asList, asRecord, asText } from '../check/json.ts';
import { podTemplates } from '../check/pods.ts';
import { defineRule } from '../check/rule.ts';
import { exampleDaemonSet, exampleDeployment, exampleObjects } from './example-objects.ts';

const UNREACHABLE = 'node.kubernetes.io/unreachable';

export default defineRule({
  id: 'unreachable-not-tolerated',
  on: 'objects',
  severity: 'error',
  summary: 'A DaemonSet must not tolerate being scheduled to devices that cannot be reached.',
  why: 'A device that is switched off then counts among those that should run the pod: every commit makes a healthy cluster look like a failed one, for as long as the device is away.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#taints-and-tolerations',
  since: '0.1.0',

  *check({ objects }) {
    for (const pod of podTemplates(objects)) {
      if (pod.placed.object.kind !== 'DaemonSet') continue;
      for (const [index, value] of asList(pod.spec['tolerations']).entries()) {
        const { key, operator, effect } = asRecord(value);
        const matches = key === UNREACHABLE || ((key === undefined || key === '') && operator === 'Exists');
        // Without an effect all are tolerated. NoExecute alone is what the controller adds by itself.
        if (!matches || (effect !== undefined && effect !== '' && effect !== 'NoSchedule')) continue;
        yield {
          path: `${pod.path}/spec/tolerations/${index}`,
          at: pod.placed,
          message: `toleration of ${asText(key) ?? 'every taint'} covers ${UNREACHABLE}:NoSchedule`,
          fix: 'name the taints that your devices have, with their effect',
        };
      }
    }
  },

  examples: [
    {
      title: 'a taint of the fleet, and what the controller adds by itself',
      subject: exampleObjects([
        exampleDaemonSet({
          tolerations: [
            { key: 'example.com/accelerator', operator: 'Exists' },
            { key: UNREACHABLE, operator: 'Exists', effect: 'NoExecute' },
          ],
        }),
      ]),
      expect: [],
    },
    {
      title: 'a Deployment is counted by its replicas',
      subject: exampleObjects([exampleDeployment({ tolerations: [{ operator: 'Exists' }] })]),
      expect: [],
    },
    {
      title: 'by name, and with everything else',
      subject: exampleObjects([
        exampleDaemonSet({
          tolerations: [{ key: UNREACHABLE, operator: 'Exists' }, { operator: 'Exists' }],
        }),
      ]),
      expect: [
        'toleration of node.kubernetes.io/unreachable covers node.kubernetes.io/unreachable:NoSchedule',
        'toleration of every taint covers node.kubernetes.io/unreachable:NoSchedule',
      ],
    },
  ],
});
