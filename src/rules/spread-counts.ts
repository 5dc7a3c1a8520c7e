import { step } from '../check/json.ts';
import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';
import { modelServers } from './model-servers.ts';
import { counted } from './numbers.ts';

export default defineRule({
  id: 'spread-counts',
  on: 'fleet',
  severity: 'error',
  summary: 'Where a gate counts devices, every device has something to say.',
  why: 'The gate counts against all devices that a wave has, and one that is not heard of is overdue. Replicas leave devices of a cluster without a server: they are silent for ever, in the wave and beside it, and hide those that a release has silenced.',
  source: 'https://sre.google/workbook/canarying-releases/',
  since: '0.1.0',

  *check({ spec }) {
    const { gate } = spec.rollout;
    if (gate.by === 'human' || gate.overdueAfter === undefined || gate.offline?.treatAs === 'exclude') return;
    for (const [name, { spread, telemetry }] of modelServers(spec)) {
      if (spread === undefined || telemetry === undefined) continue;
      const silent = Object.entries(spec.classes).filter(
        ([, { maxDevicesPerCluster }]) => maxDevicesPerCluster > spread.replicas,
      );
      for (const [className, { maxDevicesPerCluster }] of silent)
        yield {
          path: `/workloads${step(name)}/spread/replicas`,
          classes: [className],
          message: `${name} has ${counted(spread.replicas, 'replica')} for up to ${counted(maxDevicesPerCluster, 'device')} of a cluster of class ${className}: the other ${maxDevicesPerCluster - spread.replicas} count as overdue`,
          fix: "write gate: { by: 'human' }, or offline: { treatAs: 'exclude' } and rely on errors alone",
        };
    }
  },

  examples: [
    { title: 'a server on every device', subject: exampleFleet(), expect: [] },
    {
      title: 'as many replicas as a cluster may have devices',
      subject: exampleFleet({
        classes: { n100: { maxDevicesPerCluster: 8 } },
        workloads: { inference: { spread: { replicas: 8 } } },
      }),
      expect: [],
    },
    {
      title: 'one replica fewer',
      subject: exampleFleet({
        classes: { n100: { maxDevicesPerCluster: 8 } },
        workloads: { inference: { spread: { replicas: 7 } } },
      }),
      expect: [
        'inference has 7 replicas for up to 8 devices of a cluster of class n100: the other 1 count as overdue',
      ],
    },
    {
      title: 'silence that counts for nothing',
      subject: exampleFleet({
        classes: { n100: { maxDevicesPerCluster: 8 } },
        workloads: { inference: { spread: { replicas: 7 } } },
        rollout: { gate: { offline: { treatAs: 'exclude' } } },
      }),
      expect: [],
    },
  ],
});
