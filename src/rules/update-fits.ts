import { loadsOn, rolesOf, type Load } from '../check/device-load.ts';
import { asList, asRecord } from '../check/json.ts';
import { inBytes, inMillicores, podTakes, resourcesNamed } from '../check/pod-resources.ts';
import { containersOf } from '../check/pods.ts';
import { inMi } from '../check/quantities.ts';
import { defineRule } from '../check/rule.ts';
import { allocatableMemory, SYSTEM_REQUESTS } from '../check/system-load.ts';
import { formatMillicores, parseMillicores } from '../fleet/units.ts';
import { exampleClass } from './example-class.ts';
import { exampleContainer, exampleDaemonSet, exampleDeployment } from './example-objects.ts';

const requesting = (requests: Readonly<Record<string, string>>): readonly unknown[] => [
  exampleContainer({ resources: { requests } }),
];

/** A RollingUpdate with what Kubernetes fills in: of one replica, 25 % is one more and none fewer. */
const DEFAULT = { strategy: undefined };

export default defineRule({
  id: 'update-fits',
  on: 'class',
  severity: 'error',
  summary: 'An update that starts new pods before it stops old ones must fit the device with both.',
  why: 'The new pod stays Pending beside the old one, the wave never gets ready, and with the defaults of a Deployment of one replica every update needs twice the memory.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-surge',
  since: '0.1.0',

  *check({ spec, class: name, release }) {
    const device = spec.classes[name]!;
    const said = new Set<Load['pod']['placed']>();
    for (const role of rolesOf(device)) {
      const loads = loadsOn(release.objects, device, role);
      const total = (resource: string, convert: (nano: bigint) => number): number =>
        loads.reduce(
          (sum, { pod, count }) => sum + count * convert(podTakes(pod.spec, resource, 'requests')),
          0,
        );
      for (const load of loads) {
        const { pod, what, surge, mayStopFirst } = load;
        if (surge === 0 || mayStopFirst || said.has(pod.placed)) continue;
        const short = shortOf(load, {
          memory: allocatableMemory(device) - SYSTEM_REQUESTS.memory - total('memory', inBytes),
          millicores:
            parseMillicores(device.allocatable?.cpu ?? device.cpu) -
            SYSTEM_REQUESTS.millicores -
            total('cpu', inMillicores),
          extended: (resource) => (device.accelerators?.[resource] ?? 0) - total(resource, inBytes),
        });
        if (short.length === 0) continue;
        said.add(pod.placed);
        const isDaemonSet = pod.placed.object.kind === 'DaemonSet';
        yield {
          path: isDaemonSet ? '/spec/updateStrategy' : '/spec/strategy',
          at: pod.placed,
          message: `an update of ${what} starts ${surge === 1 ? 'a new pod' : `${surge} new pods`} beside the old, and a device of class ${name} has no room for it: ${short.join(', ')}`,
          fix: isDaemonSet
            ? 'set updateStrategy.rollingUpdate to maxSurge 0 with a maxUnavailable of at least 1'
            : 'set strategy.type to Recreate, or rollingUpdate to maxSurge 0 and maxUnavailable 1',
        };
      }
    }
  },

  examples: [
    { title: 'a DaemonSet that stops the old pod first', subject: exampleClass(), expect: [] },
    {
      title: 'a small Deployment fits twice',
      subject: exampleClass([exampleDeployment({}, DEFAULT)]),
      expect: [],
    },
    {
      title: 'the defaults of a Deployment, at exactly half of what is left',
      subject: exampleClass([exampleDeployment({ containers: requesting({ memory: '3898Mi' }) }, DEFAULT)]),
      expect: [],
    },
    {
      title: 'the defaults of a Deployment, one Mi above',
      subject: exampleClass([exampleDeployment({ containers: requesting({ memory: '3899Mi' }) }, DEFAULT)]),
      expect: [
        'an update of Deployment "inference" starts a new pod beside the old, and a device of class n100 has no room for it: 3899Mi of memory needed, 3897Mi free',
      ],
    },
    {
      title: 'the same, with Recreate',
      subject: exampleClass([exampleDeployment({ containers: requesting({ memory: '3899Mi' }) })]),
      expect: [],
    },
    {
      title: 'one of several replicas may stop first',
      subject: exampleClass([
        exampleDeployment({ containers: requesting({ memory: '1700Mi' }) }, { ...DEFAULT, replicas: 4 }),
      ]),
      expect: [],
    },
    {
      title: 'an accelerator and a port of the host cannot be had twice',
      subject: exampleClass(
        [
          exampleDeployment(
            {
              containers: [
                exampleContainer({
                  resources: { limits: { 'nvidia.com/gpu': '1' } },
                  ports: [{ containerPort: 80, hostPort: 80 }],
                }),
              ],
            },
            DEFAULT,
          ),
        ],
        { device: { accelerators: { 'nvidia.com/gpu': 1 } } },
      ),
      expect: [
        'an update of Deployment "inference" starts a new pod beside the old, and a device of class n100 has no room for it: 1 nvidia.com/gpu needed, 0 free, hostPort 80 is taken by the old pod',
      ],
    },
    {
      title: 'a DaemonSet with surge',
      subject: exampleClass([
        exampleDaemonSet(
          { containers: requesting({ cpu: '2' }) },
          { updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
        ),
      ]),
      expect: [
        'an update of DaemonSet "inference" starts a new pod beside the old, and a device of class n100 has no room for it: 2 of CPU needed, 1450m free',
      ],
    },
  ],
});

interface Room {
  readonly memory: number;
  readonly millicores: number;
  extended(resource: string): number;
}

/** What the new pods of an update lack beside everything that runs. */
function shortOf({ pod, surge }: Load, room: Room): readonly string[] {
  const takes = (resource: string, convert: (nano: bigint) => number): number =>
    surge * convert(podTakes(pod.spec, resource, 'requests'));
  const memory = takes('memory', inBytes);
  const cpu = takes('cpu', inMillicores);
  const short: string[] = [];
  if (memory > room.memory) {
    short.push(`${inMi(memory, 'up')} of memory needed, ${inMi(Math.max(0, room.memory), 'down')} free`);
  }
  if (cpu > room.millicores) {
    const free = formatMillicores(Math.max(0, room.millicores));
    short.push(`${formatMillicores(cpu)} of CPU needed, ${free} free`);
  }
  for (const resource of resourcesNamed(pod.spec).filter((name) => name.includes('/'))) {
    const wanted = takes(resource, inBytes);
    const free = Math.max(0, room.extended(resource));
    if (wanted > free) short.push(`${wanted} ${resource} needed, ${free} free`);
  }
  const onHost = pod.spec['hostNetwork'] === true;
  for (const { spec } of containersOf(pod)) {
    for (const port of asList(spec['ports'])) {
      const { hostPort, containerPort } = asRecord(port);
      const taken = onHost ? containerPort : hostPort;
      if (typeof taken === 'number' && taken !== 0) short.push(`hostPort ${taken} is taken by the old pod`);
    }
  }
  return short;
}
