import { step } from '../check/json.ts';
import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';
import { modelServers } from './model-servers.ts';

export default defineRule({
  id: 'telemetry-secret',
  on: 'fleet',
  severity: 'error',
  summary: 'The secret that telemetry signs in with is declared as external.',
  why: 'Breakwater never generates secrets. One that nobody makes keeps the pod from starting on every device of the wave, model server included.',
  source: 'https://kubernetes.io/docs/concepts/configuration/secret/',
  since: '0.1.0',

  *check({ spec }) {
    const declared = spec.external?.secrets ?? [];
    for (const [workload, { telemetry }] of modelServers(spec)) {
      const secret = telemetry?.remoteWrite.secret;
      if (secret === undefined || declared.includes(secret)) continue;
      yield {
        path: `/workloads${step(workload)}/telemetry/remoteWrite/secret`,
        message: `telemetry of ${workload} signs in with the secret ${secret}, which external.secrets does not name`,
        fix: `create ${secret} in namespace ${spec.name} of every cluster, and add it to external.secrets`,
      };
    }
  },

  examples: [
    { title: 'the secret is declared', subject: exampleFleet(), expect: [] },
    {
      title: 'the secret is not declared',
      subject: exampleFleet({ external: undefined }),
      expect: [
        'telemetry of inference signs in with the secret remote-write, which external.secrets does not name',
      ],
    },
  ],
});
