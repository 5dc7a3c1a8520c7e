import { step } from '../check/json.ts';
import { defineRule } from '../check/rule.ts';
import { parseDuration } from '../fleet/units.ts';
import { exampleFleet } from './example-fleet.ts';
import { forClass, modelServers } from './model-servers.ts';

/** Defaults of the definition. */
const TIMEOUT = '5m';
const LOAD_TIME = '60s';

export default defineRule({
  id: 'timeout-covers-load',
  on: 'fleet',
  severity: 'error',
  summary: 'Flux waits longer for a release than the slowest class takes to load its model.',
  why: 'Flux reports a release as failed that is not ready within `timeout`. If loading alone takes longer, every good release is reported as bad, and nobody believes the report on the day it is true.',
  source: 'https://fluxcd.io/flux/components/kustomize/kustomizations/#timeout',
  since: '0.1.0',

  *check({ spec }) {
    // Argo CD waits for a release as long as it takes.
    if (spec.delivery.kind !== 'flux') return;
    const { timeout = TIMEOUT } = spec.delivery;
    for (const [workload, { loadTime }] of modelServers(spec)) {
      const slow = Object.keys(spec.classes)
        .map((name) => ({ name, time: forClass(loadTime, name) ?? LOAD_TIME }))
        .filter(({ time }) => parseDuration(time) >= parseDuration(timeout));
      const slowest = slow.toSorted((a, b) => parseDuration(b.time) - parseDuration(a.time))[0];
      if (slowest === undefined) continue;
      yield {
        path:
          spec.delivery.timeout === undefined ? `/workloads${step(workload)}/loadTime` : '/delivery/timeout',
        classes: slow.map(({ name }) => name),
        message: `${workload} takes up to ${slowest.time} to load its model on ${slowest.name}, but a release must be ready within ${timeout}`,
        fix: `set delivery.timeout above ${slowest.time}, with room for pulling the images`,
      };
    }
  },

  examples: [
    { title: '60s of loading, a timeout of 5m: the defaults', subject: exampleFleet(), expect: [] },
    {
      title: 'ten minutes of loading with the default timeout',
      subject: exampleFleet({ workloads: { inference: { loadTime: '10m' } } }),
      expect: ['inference takes up to 10m to load its model on n100, but a release must be ready within 5m'],
    },
    {
      title: 'a timeout as short as the load time',
      subject: exampleFleet({ delivery: { timeout: '60s' } }),
      expect: ['inference takes up to 60s to load its model on n100, but a release must be ready within 60s'],
    },
    {
      title: 'a timeout one second longer',
      subject: exampleFleet({ delivery: { timeout: '61s' } }),
      expect: [],
    },
  ],
});
