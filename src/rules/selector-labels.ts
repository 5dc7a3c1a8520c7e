import { asRecord, step, within } from '../check/json.ts';
import { podTemplateOf } from '../check/pods.ts';
import { defineRule } from '../check/rule.ts';
import { exampleDaemonSet, exampleObjects } from './example-objects.ts';

/** Kinds whose selector must match their own pod template; a Job gets its selector from the API server. */
const SELECTING = new Set(['Deployment', 'DaemonSet', 'StatefulSet', 'ReplicaSet', 'Rollout']);

export default defineRule({
  id: 'selector-labels',
  on: 'objects',
  severity: 'error',
  summary: "A workload's selector must match the labels of its own pods.",
  why: 'The API server refuses the object, and since a selector cannot be changed later, the mistake is cured only by deleting what runs.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#pod-selector',
  since: '0.1.0',

  *check({ objects }) {
    for (const placed of objects) {
      if (!SELECTING.has(placed.object.kind)) continue;
      const pod = podTemplateOf(placed);
      if (!pod) continue;
      const selector = asRecord(within(placed.object, 'spec', 'selector'));
      const wanted = Object.entries(asRecord(selector['matchLabels']));
      if (wanted.length === 0 && !Array.isArray(selector['matchExpressions'])) {
        yield {
          path: '/spec/selector',
          at: placed,
          message: 'selector selects no label',
          fix: 'set spec.selector.matchLabels to labels of the pod template that never change',
        };
      }
      for (const [label, value] of wanted) {
        const own = pod.labels[label];
        if (own === value) continue;
        const has = typeof own === 'string' ? `${label}=${own}` : 'no such label';
        yield {
          path: `/spec/selector/matchLabels${step(label)}`,
          at: placed,
          message: `selector wants ${label}=${String(value)}, the pods have ${has}`,
          fix: 'give selector and pod template the same labels',
        };
      }
    }
  },

  examples: [
    { title: 'the same labels', subject: exampleObjects([exampleDaemonSet()]), expect: [] },
    {
      title: 'pods may have more labels than the selector names',
      subject: exampleObjects([
        exampleDaemonSet({}, { selector: { matchLabels: { 'app.kubernetes.io/name': 'inference' } } }),
      ]),
      expect: [],
    },
    {
      title: 'a label that the pods lack, and one that differs',
      subject: exampleObjects([
        exampleDaemonSet(
          {},
          { selector: { matchLabels: { app: 'inference', 'app.kubernetes.io/name': 'server' } } },
        ),
      ]),
      expect: [
        'selector wants app=inference, the pods have no such label',
        'selector wants app.kubernetes.io/name=server, the pods have app.kubernetes.io/name=inference',
      ],
    },
    {
      title: 'no selector',
      subject: exampleObjects([exampleDaemonSet({}, { selector: undefined })]),
      expect: ['selector selects no label'],
    },
  ],
});
