import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';
import { listed } from './numbers.ts';

export default defineRule({
  id: 'gate-has-evidence',
  on: 'fleet',
  severity: 'warning',
  summary: 'Some workload reports the requests and errors that the gate counts.',
  why: 'A gate without numbers is a timer. The soak passes, and the release goes on because nobody heard anything.',
  source: 'https://sre.google/workbook/canarying-releases/',
  since: '0.1.0',

  *check({ spec }) {
    const workloads = Object.entries(spec.workloads);
    const reports = workloads.some(([, workload]) => typeof workload !== 'function' && workload.telemetry);
    if (reports) return;
    const own = workloads.filter(([, workload]) => typeof workload === 'function').map(([name]) => name);
    if (own.length > 0) {
      yield {
        notEvaluated: `whether ${listed(own)} reports requests and errors is not known, since it is plain cdk8s`,
      };
      return;
    }
    yield {
      path: '/workloads',
      message: `none of the workloads (${listed(workloads.map(([name]) => name))}) has telemetry: the gate has no requests to count`,
      fix: 'give the model server telemetry: telemetryAgent({ … })',
    };
  },

  examples: [
    { title: 'a model server with telemetry', subject: exampleFleet(), expect: [] },
    {
      title: 'a model server without telemetry',
      subject: exampleFleet({ workloads: { inference: { telemetry: undefined } } }),
      expect: ['none of the workloads (inference) has telemetry: the gate has no requests to count'],
    },
    {
      title: 'plain cdk8s alone',
      subject: exampleFleet({ workloads: { inference: undefined, camera: () => undefined } }),
      expect: [
        'not evaluated: whether camera reports requests and errors is not known, since it is plain cdk8s',
      ],
    },
  ],
});
