import { inMi } from '../check/quantities.ts';
import { defineRule } from '../check/rule.ts';
import { step } from '../check/json.ts';
import { parseBytes } from '../fleet/units.ts';
import { exampleFleet } from './example-fleet.ts';
import { modelServers } from './model-servers.ts';

/**
 * What Prometheus 3.16 as agent needs, in bytes: 36 MiB of its own and 61 MiB of its program's pages, which the kernel
 * takes away and reads again where memory is short. Measured with 990 series at limits of 128, 112, 96, 80 and 64Mi:
 * reclaims at the start 552, 17,727, 115,569; with 80 and 64Mi it never came to scrape, and was never killed.
 */
const LEAST = 112 * 2 ** 20;

export default defineRule({
  id: 'telemetry-memory',
  on: 'fleet',
  severity: 'error',
  summary: 'The telemetry agent must have the memory that Prometheus and its program take.',
  why: 'With less, the agent is not killed but reads its own program from disk again and again: it stays silent for ever, wears out the flash, and the gate sees a silent fleet.',
  source: 'https://prometheus.io/docs/prometheus/latest/prometheus_agent/',
  since: '0.1.0',

  *check({ spec }) {
    for (const [workload, { telemetry }] of modelServers(spec)) {
      const memory = telemetry?.memory;
      if (memory === undefined || parseBytes(memory) >= LEAST) continue;
      yield {
        path: `/workloads${step(workload)}/telemetry/memory`,
        message: `the telemetry agent of ${workload} has ${memory}, less than the ${inMi(LEAST, 'up')} that it needs to scrape at all`,
        fix: 'leave memory out for the measured default of 128Mi, or set it to that',
      };
    }
  },

  examples: [
    { title: 'the default', subject: exampleFleet(), expect: [] },
    { title: 'the least', subject: withMemory('112Mi'), expect: [] },
    {
      title: 'one Mi less',
      subject: withMemory('111Mi'),
      expect: [
        'the telemetry agent of inference has 111Mi, less than the 112Mi that it needs to scrape at all',
      ],
    },
  ],
});

function withMemory(memory: string) {
  return exampleFleet({ workloads: { inference: { telemetry: { memory } } } });
}
