import { step } from '../check/json.ts';
import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';
import { modelServers } from './model-servers.ts';

export default defineRule({
  id: 'connection-encrypted',
  on: 'fleet',
  severity: 'error',
  summary: 'Secrets and releases travel over TLS or SSH only.',
  why: "Devices stand in other people's networks. Over plain HTTP whoever shares the network reads the password of the telemetry store, and can answer for the source: what it answers, Flux applies.",
  source: 'https://fluxcd.io/flux/components/source/gitrepositories/#url',
  since: '0.1.0',

  *check({ spec }) {
    const { source } = spec.delivery;
    if (isPlain(source.url))
      yield {
        path: '/delivery/source/url',
        message: `clusters read their releases from ${source.url} without encryption`,
        fix: 'use an https:// or ssh:// address',
      };
    for (const [workload, { telemetry }] of modelServers(spec)) {
      const remote = telemetry?.remoteWrite;
      if (remote?.secret === undefined || !isPlain(remote.url)) continue;
      yield {
        path: `/workloads${step(workload)}/telemetry/remoteWrite/url`,
        message: `telemetry of ${workload} sends the secret ${remote.secret} to ${remote.url} without encryption`,
        fix: 'use an https:// address',
      };
    }
  },

  examples: [
    { title: 'https and oci', subject: exampleFleet(), expect: [] },
    {
      title: 'a source over http',
      subject: exampleFleet({
        delivery: { source: { kind: 'git', url: 'http://git.example.com/fleets', branch: 'main' } },
      }),
      expect: ['clusters read their releases from http://git.example.com/fleets without encryption'],
    },
    {
      title: 'telemetry over http with a password',
      subject: exampleFleet({
        workloads: { inference: { telemetry: { remoteWrite: { url: 'http://metrics.example.com/write' } } } },
      }),
      expect: [
        'telemetry of inference sends the secret remote-write to http://metrics.example.com/write without encryption',
      ],
    },
    {
      title: 'telemetry over http to a proxy, without a password',
      subject: exampleFleet({
        workloads: {
          inference: {
            telemetry: { remoteWrite: { url: 'http://proxy.monitoring.svc/write', secret: undefined } },
          },
        },
      }),
      expect: [],
    },
  ],
});

const isPlain = (url: string): boolean => /^(http|git):\/\//.test(url);
