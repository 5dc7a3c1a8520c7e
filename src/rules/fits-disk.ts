import { loadsOn, rolesOf } from '../check/device-load.ts';
import { diskOf } from '../check/disk-use.ts';
import { imagesOf } from '../check/images.ts';
import { inMi } from '../check/quantities.ts';
import { defineRule } from '../check/rule.ts';
import { parseBytes } from '../fleet/units.ts';
import { exampleClass } from './example-class.ts';
import { exampleContainer, exampleDaemonSet, exampleImage } from './example-objects.ts';

/** Share of the disk below which K3s evicts pods and collects images. */
const RESERVE = 0.05;

const folder = (sizeLimit: string): ReturnType<typeof exampleDaemonSet> =>
  exampleDaemonSet({
    volumes: [{ name: 'wal', emptyDir: { sizeLimit } }],
    containers: [exampleContainer({ volumeMounts: [{ name: 'wal', mountPath: '/wal' }] })],
  });

export default defineRule({
  id: 'fits-disk',
  on: 'class',
  severity: 'error',
  summary: "What pods write and the images they run, old and new, must fit the device's disk.",
  why: 'At 5 % of free disk K3s evicts pods and deletes images, the ones to roll back to first; telemetry that is kept for offline hours is the usual surprise.',
  source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/',
  since: '0.1.0',

  *check({ spec, class: name, release, images }) {
    const device = spec.classes[name]!;
    const disk = parseBytes(device.disk);
    const usable = Math.floor(disk * (1 - RESERVE));
    const said = new Set<string>();
    for (const role of rolesOf(device)) {
      const loads = loadsOn(release.objects, device, role);
      const written = loads.reduce((sum, { pod, count }) => sum + count * diskOf(pod.spec), 0);
      const names = new Set(loads.flatMap(({ pod }) => imagesOf(pod).map(({ image }) => image)));
      // As a registry sends them; unpacked they take more. The release to go back to keeps its own.
      const bytes = [...names].reduce((sum, image) => {
        const known = images?.[image]?.bytes ?? {};
        const platform = Object.keys(known).find((platform) => platform.split('/')[1] === device.arch);
        return sum + (platform === undefined ? 0 : known[platform]!);
      }, 0);
      if (written + 2 * bytes <= usable) continue;
      const message = `pods may write ${inMi(written, 'up')} and pull ${inMi(2 * bytes, 'up')} of images (two releases, compressed) on a device of class ${name}, ${inMi(usable, 'down')} are left: ${inMi(disk, 'down')} less the 5 % at which K3s evicts`;
      if (said.has(message)) continue;
      said.add(message);
      yield {
        path: `/classes/${name}/disk`,
        message,
        fix: 'lower sizeLimit and ephemeral-storage limits (for telemetry: its offline hours), or choose a larger disk',
      };
    }
  },

  examples: [
    { title: '1Gi of 64Gi', subject: exampleClass([folder('1Gi')]), expect: [] },
    {
      title: 'exactly what is left of 100Gi',
      subject: exampleClass([folder('95Gi')], { device: { disk: '100Gi' } }),
      expect: [],
    },
    {
      title: 'a write-ahead log larger than the disk',
      subject: exampleClass([folder('64Gi')]),
      expect: [
        'pods may write 65536Mi and pull 0Mi of images (two releases, compressed) on a device of class n100, 62259Mi are left: 65536Mi less the 5 % at which K3s evicts',
      ],
    },
    {
      title: 'an image of 9 GB on a disk of 16Gi',
      subject: exampleClass([exampleDaemonSet()], {
        device: { disk: '16Gi' },
        images: {
          [exampleImage('server')]: {
            platforms: ['linux/amd64'],
            bytes: { 'linux/amd64': 9e9 },
            source: 'registry, 2026-11-01',
          },
        },
      }),
      expect: [
        'pods may write 64Mi and pull 17167Mi of images (two releases, compressed) on a device of class n100, 15564Mi are left: 16384Mi less the 5 % at which K3s evicts',
      ],
    },
  ],
});
