import { imagesOf } from '../check/images.ts';
import { podTemplates } from '../check/pods.ts';
import { defineRule } from '../check/rule.ts';
import { formatDuration, parseBytes, parseDuration } from '../fleet/units.ts';
import { pullOf, transferOf } from '../plan/transfer.ts';
import { exampleClass } from './example-class.ts';
import { exampleDaemonSet, exampleImage } from './example-objects.ts';
import { count } from './numbers.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

export default defineRule({
  id: 'soak-covers-pull',
  on: 'class',
  severity: 'warning',
  summary: 'The first wave soaks until its slowest cluster has pulled the images, and one window more.',
  why: 'Soak counts from the commit. A cluster that still pulls when it is over has not run the release for one minute, and is promoted as if it had.',
  source: 'https://docs.k3s.io/installation/registry-mirror',
  since: '0.1.0',

  *check({ spec, plan, class: name, release, images }) {
    const [first, next] = spec.rollout.waves;
    const device = spec.classes[name]!;
    const clusters = plan.waves[0]?.classes[name];
    if (first?.soak === undefined || next === undefined || !clusters || clusters.clusters === 0) return;
    const sizes = new Map(
      Object.values(spec.models ?? {}).map(({ image, size }) => [image, parseBytes(size)]),
    );
    const used = podTemplates(release.objects)
      .flatMap(imagesOf)
      .map(({ image }) => image)
      .filter((image) => image !== '');
    const { bytes, unknown } = pullOf(used, device, images, sizes);
    const { slowestHours } = transferOf(bytes, device, clusters);
    const pullMs = Math.ceil((slowestHours * HOUR) / MINUTE) * MINUTE;
    const needed = pullMs + parseDuration(spec.rollout.gate.window);
    if (needed > parseDuration(first.soak))
      yield {
        path: '/rollout/waves/0/soak',
        classes: [name],
        message: `a cluster of class ${name} pulls ${count(bytes / 1e6)} MB ${device.pull === 'shared' ? 'once' : `for each of up to ${count(device.maxDevicesPerCluster)}`} over ${device.uplink}, which takes ${formatDuration(pullMs)}; wave ${first.name} soaks ${first.soak}`,
        fix: `set the soak of wave ${first.name} to ${formatDuration(needed)} or more`,
      };
    else if (unknown.length > 0)
      yield {
        notEvaluated: `how long class ${name} pulls: images.lock.json has no bytes of ${[...unknown].toSorted().join(', ')}`,
      };
  },

  examples: [
    { title: '80 MB over 20Mbit', subject: exampleClass([exampleDaemonSet()], locked(80e6)), expect: [] },
    {
      title: '4 GB for each of 20 devices over 20Mbit',
      subject: exampleClass([exampleDaemonSet()], { ...locked(4e9), device: { maxDevicesPerCluster: 20 } }),
      expect: [
        'a cluster of class n100 pulls 4,000 MB for each of up to 20 over 20Mbit, which takes 8h54m; wave canary soaks 8h',
      ],
    },
    {
      title: 'the same, pulled once for the whole cluster',
      subject: exampleClass([exampleDaemonSet()], {
        ...locked(4e9),
        device: { maxDevicesPerCluster: 20, pull: 'shared' },
      }),
      expect: [],
    },
    {
      title: 'an image of unknown size',
      subject: exampleClass([exampleDaemonSet()]),
      expect: [
        `not evaluated: how long class n100 pulls: images.lock.json has no bytes of ${exampleImage('server')}`,
      ],
    },
  ],
});

function locked(bytes: number): Parameters<typeof exampleClass>[1] {
  return {
    images: {
      [exampleImage('server')]: {
        platforms: ['linux/amd64'],
        bytes: { 'linux/amd64': bytes },
        source: 'registry, 2026-11-01',
      },
    },
    fleet: {
      rollout: {
        waves: [
          { name: 'canary', percent: 1, soak: '8h' },
          { name: 'rest', percent: 100 },
        ],
      },
    },
  };
}
