import { loadsOn, rolesOf } from '../check/device-load.ts';
import { within } from '../check/json.ts';
import { inBytes, podTakes } from '../check/pod-resources.ts';
import { containersOf, nameOf } from '../check/pods.ts';
import { inMi } from '../check/quantities.ts';
import { defineRule } from '../check/rule.ts';
import { systemMemory } from '../check/system-load.ts';
import { parseBytes } from '../fleet/units.ts';
import { exampleClass } from './example-class.ts';
import { exampleContainer, exampleDaemonSet } from './example-objects.ts';

const limited = (...limits: readonly string[]): readonly unknown[] =>
  limits.map((memory, index) =>
    exampleContainer({ name: `c${index}`, resources: { limits: { memory }, requests: { memory: '1Mi' } } }),
  );

export default defineRule({
  id: 'fits-memory',
  on: 'class',
  severity: 'error',
  summary:
    'What the pods of a class may take at most must fit its device once K3s and Flux have taken their share.',
  why: 'The kubelet does not subtract K3s from what it offers, and K3s sets no memory threshold for eviction: the scheduler fills the device, and then the kernel kills.',
  source: 'https://docs.k3s.io/reference/resource-profiling',
  since: '0.1.0',

  *check({ spec, class: name, release }) {
    const device = spec.classes[name]!;
    const memory = parseBytes(device.memory);
    for (const role of rolesOf(device)) {
      const loads = loadsOn(release.objects, device, role);
      for (const { pod, what } of loads) {
        if (within(pod.spec, 'resources', 'limits', 'memory') !== undefined) continue;
        for (const container of containersOf(pod)) {
          if (within(container.spec, 'resources', 'limits', 'memory') !== undefined) continue;
          yield {
            notEvaluated: `how much memory ${what} takes at most: ${nameOf(container)} has no memory limit`,
          };
        }
      }
      const taken = systemMemory(device, role);
      const left = taken.reduce((rest, { bytes }) => rest - bytes, memory);
      const most = loads.map(({ pod, what, count }) => ({
        what,
        count,
        bytes: inBytes(podTakes(pod.spec, 'memory', 'limits')),
      }));
      const needed = most.reduce((sum, { bytes, count }) => sum + bytes * count, 0);
      if (needed <= left) continue;
      const less = taken.map(({ bytes, what }) => `less ${inMi(bytes, 'up')} for ${what}`).join(' ');
      const terms = most.map(
        ({ what, count, bytes }) => `${what} ${count === 1 ? '' : `${count} × `}${inMi(bytes, 'up')}`,
      );
      yield {
        path: `/classes/${name}/memory`,
        message: `pods may take ${inMi(needed, 'up')} of memory on a ${role} of class ${name}, ${inMi(Math.max(0, left), 'down')} are left: ${inMi(memory, 'down')} ${less}; ${terms.join(', ')}`,
        fix: `lower the limits by ${inMi(needed - left, 'up')}, or declare what K3s takes on this device if you measured it: k3sMemory`,
      };
    }
  },

  examples: [
    { title: '512Mi on a device of 8Gi', subject: exampleClass(), expect: [] },
    {
      title: 'exactly what is left of a device whose K3s was measured',
      subject: exampleClass([exampleDaemonSet({ containers: limited('7168Mi') })], {
        device: { k3sMemory: { server: '768Mi', agent: '256Mi' } },
      }),
      expect: [],
    },
    {
      title: 'one Mi more',
      subject: exampleClass([exampleDaemonSet({ containers: limited('7168Mi', '1Mi') })], {
        device: { k3sMemory: { server: '768Mi', agent: '256Mi' } },
      }),
      expect: [
        'pods may take 7169Mi of memory on a server of class n100, 7168Mi are left: 8192Mi less 768Mi for K3s as declared less 256Mi for Flux; DaemonSet "inference" 7169Mi',
      ],
    },
    {
      title: 'an agent carries no control plane',
      subject: exampleClass([exampleDaemonSet({ containers: limited('7Gi') })], {
        device: { maxDevicesPerCluster: 20 },
      }),
      expect: [
        'pods may take 7168Mi of memory on a server of class n100, 6553Mi are left: 8192Mi less 1383Mi for K3s as its authors measured a server less 256Mi for Flux; DaemonSet "inference" 7168Mi',
      ],
    },
    {
      title: 'without a limit nobody can tell',
      subject: exampleClass([
        exampleDaemonSet({ containers: [exampleContainer({ resources: { requests: { memory: '1Gi' } } })] }),
      ]),
      expect: [
        'not evaluated: how much memory DaemonSet "inference" takes at most: container "server" has no memory limit',
      ],
    },
  ],
});
