import { loadsOn, rolesOf, type Load } from '../check/device-load.ts';
import { inBytes, inMillicores, podTakes, resourcesNamed } from '../check/pod-resources.ts';
import { inMi } from '../check/quantities.ts';
import { defineRule } from '../check/rule.ts';
import { allocatableMemory, SYSTEM_REQUESTS } from '../check/system-load.ts';
import { formatMillicores, parseMillicores } from '../fleet/units.ts';
import { exampleClass } from './example-class.ts';
import { exampleContainer, exampleDaemonSet, exampleDeployment } from './example-objects.ts';

/** Containers with these requests alone. */
const requesting = (...requests: Readonly<Record<string, string>>[]): readonly unknown[] =>
  requests.map((request, index) => exampleContainer({ name: `c${index}`, resources: { requests: request } }));

export default defineRule({
  id: 'fits-scheduler',
  on: 'class',
  severity: 'error',
  summary: "What a class's pods request must fit what its device has to give, beside the system's own pods.",
  why: 'The scheduler counts requests, not use: a pod that does not fit stays Pending for good on every device of the class.',
  source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/',
  since: '0.1.0',

  *check({ spec, class: name, release }) {
    const device = spec.classes[name]!;
    const said = new Set<string>();
    for (const role of rolesOf(device)) {
      const loads = loadsOn(release.objects, device, role);
      const memory = sum(loads, (load) => takes(load, 'memory', inBytes));
      const allocatable = allocatableMemory(device);
      const free = allocatable - SYSTEM_REQUESTS.memory;
      const cpu = sum(loads, (load) => takes(load, 'cpu', inMillicores));
      const allocatableCpu = parseMillicores(device.allocatable?.cpu ?? device.cpu);
      const freeCpu = allocatableCpu - SYSTEM_REQUESTS.millicores;
      const findings = [
        ...(memory <= free
          ? []
          : [
              {
                path: '/memory',
                message: `pods request ${inMi(memory, 'up')} of memory on a device of class ${name}, ${inMi(Math.max(0, free), 'down')} are left: ${inMi(allocatable, 'down')} less ${inMi(SYSTEM_REQUESTS.memory, 'up')} for coredns, metrics-server and Flux; ${terms(loads, (load) => inMi(takes(load, 'memory', inBytes), 'up'))}`,
                fix: `lower the requests by ${inMi(memory - free, 'up')}, or choose a larger device`,
              },
            ]),
        ...(cpu <= freeCpu
          ? []
          : [
              {
                path: '/cpu',
                message: `pods request ${formatMillicores(cpu)} of CPU on a device of class ${name}, ${formatMillicores(Math.max(0, freeCpu))} are left: ${formatMillicores(allocatableCpu)} less ${formatMillicores(SYSTEM_REQUESTS.millicores)} for coredns, metrics-server and Flux; ${terms(loads, (load) => formatMillicores(takes(load, 'cpu', inMillicores)))}`,
                fix: `lower the requests by ${formatMillicores(cpu - freeCpu)}, or choose a device with more processors`,
              },
            ]),
      ];
      for (const resource of extended(loads)) {
        const using = loads.filter((load) => takes(load, resource, inBytes) > 0);
        const wanted = sum(using, (load) => takes(load, resource, inBytes));
        const has = device.accelerators?.[resource] ?? 0;
        if (wanted <= has) continue;
        findings.push({
          path: device.accelerators === undefined ? '' : '/accelerators',
          message: `pods request ${wanted} ${resource} on a device of class ${name}, which has ${has}; ${terms(using, (load) => String(takes(load, resource, inBytes)))}`,
          fix: `request at most ${has}, or declare what the device has: accelerators: { '${resource}': ${wanted} }`,
        });
      }
      // Servers and agents often say the same: once is enough.
      for (const { path, message, fix } of findings) {
        if (said.has(message)) continue;
        said.add(message);
        yield { path: `/classes/${name}${path}`, message, fix };
      }
    }
  },

  examples: [
    { title: '512Mi on a device of 8Gi', subject: exampleClass(), expect: [] },
    {
      title: 'exactly what is left: 8192Mi − 396Mi and 4 − 550m',
      subject: exampleClass([
        exampleDaemonSet({ containers: requesting({ memory: '7796Mi', cpu: '3450m' }) }),
      ]),
      expect: [],
    },
    {
      title: 'one byte and one thousandth more',
      subject: exampleClass([
        exampleDaemonSet({
          containers: requesting({ memory: '7796Mi', cpu: '3450m' }, { memory: '1', cpu: '1m' }),
        }),
      ]),
      expect: [
        'pods request 7797Mi of memory on a device of class n100, 7796Mi are left: 8192Mi less 396Mi for coredns, metrics-server and Flux; DaemonSet "inference" 7797Mi',
        'pods request 3451m of CPU on a device of class n100, 3450m are left: 4 less 550m for coredns, metrics-server and Flux; DaemonSet "inference" 3451m',
      ],
    },
    {
      title: 'an init container that is gone before the others start does not add up with them',
      subject: exampleClass([
        exampleDaemonSet({
          initContainers: [exampleContainer({ name: 'copy', resources: { requests: { memory: '7Gi' } } })],
          containers: requesting({ memory: '7Gi' }),
        }),
      ]),
      expect: [],
    },
    {
      title: 'a sidecar does, and so do the replicas of a Deployment',
      subject: exampleClass([
        exampleDaemonSet({
          initContainers: [
            exampleContainer({
              name: 'agent',
              restartPolicy: 'Always',
              resources: { requests: { memory: '1Gi' } },
            }),
          ],
          containers: requesting({ memory: '3Gi' }),
        }),
        exampleDeployment({ containers: requesting({ memory: '2Gi' }) }, { replicas: 2 }),
      ]),
      expect: [
        'pods request 8192Mi of memory on a device of class n100, 7796Mi are left: 8192Mi less 396Mi for coredns, metrics-server and Flux; DaemonSet "inference" 4096Mi, Deployment "inference" 2 × 2048Mi',
      ],
    },
    {
      title: 'what kube-reserved takes away',
      subject: exampleClass([exampleDaemonSet({ containers: requesting({ memory: '7Gi' }) })], {
        device: { allocatable: { memory: '7Gi' } },
      }),
      expect: [
        'pods request 7168Mi of memory on a device of class n100, 6772Mi are left: 7168Mi less 396Mi for coredns, metrics-server and Flux; DaemonSet "inference" 7168Mi',
      ],
    },
    {
      title: 'an accelerator that the device lacks',
      subject: exampleClass([
        exampleDaemonSet({
          containers: [exampleContainer({ resources: { limits: { 'nvidia.com/gpu': '1' } } })],
        }),
      ]),
      expect: [
        'pods request 1 nvidia.com/gpu on a device of class n100, which has 0; DaemonSet "inference" 1',
      ],
    },
  ],
});

const sum = (loads: readonly Load[], amount: (load: Load) => number): number =>
  loads.reduce((total, load) => total + load.count * amount(load), 0);

const takes = ({ pod }: Load, resource: string, convert: (nano: bigint) => number): number =>
  convert(podTakes(pod.spec, resource, 'requests'));

/** What each object adds: `DaemonSet "a" 512Mi, Deployment "b" 2 × 128Mi`. */
const terms = (loads: readonly Load[], amount: (load: Load) => string): string =>
  loads.map((load) => `${load.what} ${load.count === 1 ? '' : `${load.count} × `}${amount(load)}`).join(', ');

/** Names of extended resources: those with a domain, but not hugepages and other native ones. */
const extended = (loads: readonly Load[]): readonly string[] =>
  [...new Set(loads.flatMap(({ pod }) => resourcesNamed(pod.spec)))].filter((name) => name.includes('/'));
