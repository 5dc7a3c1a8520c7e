import { asRecord } from '../check/json.ts';
import { podTemplates } from '../check/pods.ts';
import { defineRule } from '../check/rule.ts';
import { exampleDaemonSet, exampleObject, exampleObjects } from './example-objects.ts';

const service = (selector: unknown): ReturnType<typeof exampleObject> =>
  exampleObject('Service', 'inference', { spec: { selector, ports: [{ port: 80 }] } });

export default defineRule({
  id: 'service-selects',
  on: 'objects',
  severity: 'error',
  summary: "A Service's selector must match pods of its namespace.",
  why: 'A Service without pods takes connections and refuses them all, and no probe or health check of the rollout sees it.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service',
  since: '0.1.0',

  *check({ objects, complete }) {
    const pods = podTemplates(objects);
    for (const placed of objects) {
      const { object } = placed;
      if (object.kind !== 'Service' || object.apiVersion !== 'v1') continue;
      const wanted = Object.entries(asRecord(asRecord(object['spec'])['selector']));
      if (wanted.length === 0) continue;
      const selected = pods.some(
        ({ placed: { object: owner }, labels }) =>
          (owner.metadata.namespace ?? '') === (object.metadata.namespace ?? '') &&
          wanted.every(([label, value]) => labels[label] === value),
      );
      if (selected) continue;
      const selector = wanted.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(', ');
      if (!complete) {
        yield {
          notEvaluated: `whether Service "${object.metadata.name}" selects pods: none with ${selector} are in the files that were given`,
        };
        continue;
      }
      yield {
        path: '/spec/selector',
        at: placed,
        message: `service selects no pod: none has ${selector}`,
        fix: 'select labels that the pods have, such as app.kubernetes.io/name',
      };
    }
  },

  examples: [
    {
      title: 'the model server',
      subject: exampleObjects([service({ 'app.kubernetes.io/name': 'inference' }), exampleDaemonSet()]),
      expect: [],
    },
    {
      title: 'a Service whose endpoints somebody else writes',
      subject: exampleObjects([service(undefined)]),
      expect: [],
    },
    {
      title: 'one label that no pod has',
      subject: exampleObjects([
        service({ 'app.kubernetes.io/name': 'inference', tier: 'edge' }),
        exampleDaemonSet(),
      ]),
      expect: ['service selects no pod: none has app.kubernetes.io/name="inference", tier="edge"'],
    },
    {
      title: 'files that are given alone',
      subject: exampleObjects([service({ app: 'inference' })], { complete: false }),
      expect: [
        'not evaluated: whether Service "inference" selects pods: none with app="inference" are in the files that were given',
      ],
    },
  ],
});
