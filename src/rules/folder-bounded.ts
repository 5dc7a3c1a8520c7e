import { emptyDirsOf } from '../check/disk-use.ts';
import { inBytes, podTakes } from '../check/pod-resources.ts';
import { podTemplates } from '../check/pods.ts';
import { inMi } from '../check/quantities.ts';
import { defineRule } from '../check/rule.ts';
import { exampleDaemonSet, exampleContainer, exampleObjects } from './example-objects.ts';

const folders = (
  ...volumes: readonly Readonly<Record<string, unknown>>[]
): ReturnType<typeof exampleDaemonSet> =>
  exampleDaemonSet({
    volumes: volumes.map((emptyDir, index) => ({ name: `v${index}`, emptyDir })),
    containers: [
      exampleContainer({
        volumeMounts: volumes.map((_, index) => ({ name: `v${index}`, mountPath: `/v${index}` })),
      }),
    ],
  });

export default defineRule({
  id: 'folder-bounded',
  on: 'objects',
  severity: 'warning',
  summary:
    "Every emptyDir on disk should have a sizeLimit, and the pod's ephemeral-storage limits should cover them.",
  why: 'A folder without a limit fills the disk of the device, and at 5 % left the kubelet evicts pods; one that is larger than the limits of its pod gets the pod evicted before it is full.',
  source:
    'https://kubernetes.io/docs/concepts/storage/ephemeral-storage/#resource-emphemeralstorage-consumption',
  since: '0.1.0',

  *check({ objects }) {
    for (const pod of podTemplates(objects)) {
      const dirs = emptyDirsOf(pod.spec);
      for (const { index, name, sizeLimit } of dirs) {
        if (sizeLimit !== undefined) continue;
        yield {
          path: `${pod.path}/spec/volumes/${index}/emptyDir`,
          at: pod.placed,
          message: `folder "${name}" may grow until the disk is full: its emptyDir has no sizeLimit`,
          fix: 'set emptyDir.sizeLimit to what is written there at most',
        };
      }
      const limit = inBytes(podTakes(pod.spec, 'ephemeral-storage', 'limits'));
      const size = dirs.reduce((sum, { sizeLimit }) => sum + (sizeLimit ?? 0), 0);
      if (limit === 0 || size <= limit) continue;
      yield {
        path: `${pod.path}/spec/volumes`,
        at: pod.placed,
        message: `folders of ${inMi(size, 'up')} are larger than the ${inMi(limit, 'down')} of ephemeral-storage that the pod's containers may take together`,
        fix: `raise resources.limits.ephemeral-storage of the container that writes by ${inMi(size - limit, 'up')}`,
      };
    }
  },

  examples: [
    { title: 'as large as the limit', subject: exampleObjects([folders({ sizeLimit: '64Mi' })]), expect: [] },
    {
      title: 'a folder in memory counts into the memory limit',
      subject: exampleObjects([folders({ medium: 'Memory' })]),
      expect: [],
    },
    {
      title: 'no sizeLimit',
      subject: exampleObjects([folders({})]),
      expect: ['folder "v0" may grow until the disk is full: its emptyDir has no sizeLimit'],
    },
    {
      title: 'one Mi more than the limit',
      subject: exampleObjects([folders({ sizeLimit: '64Mi' }, { sizeLimit: '1Mi' })]),
      expect: [
        "folders of 65Mi are larger than the 64Mi of ephemeral-storage that the pod's containers may take together",
      ],
    },
  ],
});
