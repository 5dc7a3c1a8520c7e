import { asList, asRecord } from '../check/json.ts';
import { containersOf, nameOf, podTemplates } from '../check/pods.ts';
import { defineRule } from '../check/rule.ts';
import { exampleContainer, exampleDaemonSet, exampleDeployment, exampleObjects } from './example-objects.ts';

/** Ports of a K3s node, by what listens on them: ranges with both ends. */
const TAKEN: readonly (readonly [from: number, to: number, what: string])[] = [
  [80, 80, "Traefik's load balancer"],
  [443, 443, "Traefik's load balancer"],
  [2379, 2381, 'etcd'],
  [5001, 5001, "K3s's embedded registry"],
  [6443, 6444, "K3s's API server"],
  [8472, 8472, 'Flannel'],
  [10010, 10010, 'containerd'],
  [10248, 10260, 'the kubelet or the control plane'],
];

const onHost = (...ports: readonly number[]): Parameters<typeof exampleDaemonSet>[0] => ({
  containers: [exampleContainer({ ports: ports.map((port) => ({ containerPort: port, hostPort: port })) })],
});

export default defineRule({
  id: 'host-port-free',
  on: 'objects',
  severity: 'error',
  summary: 'A port of the host may be taken by one pod only, and by none that K3s has taken already.',
  why: 'The scheduler finds no device for the second pod that wants a port, or the container cannot listen on it: either way it never starts.',
  source: 'https://docs.k3s.io/installation/requirements#networking',
  since: '0.1.0',

  *check({ objects, complete }) {
    const owners = new Map<number, string>();
    for (const pod of podTemplates(objects)) {
      const { kind, metadata } = pod.placed.object;
      const owner = `${kind} "${metadata.name}"`;
      const isHostNetwork = pod.spec['hostNetwork'] === true;
      for (const container of containersOf(pod)) {
        for (const [index, value] of asList(container.spec['ports']).entries()) {
          const { hostPort, containerPort } = asRecord(value);
          const port = hostPort ?? (isHostNetwork ? containerPort : undefined);
          if (typeof port !== 'number' || port === 0) continue;
          const taken = TAKEN.find(([from, to]) => from <= port && port <= to)?.[2];
          // Files that are given together may belong to different clusters.
          const other = complete ? owners.get(port) : undefined;
          const by = taken ?? (other === owner ? undefined : other);
          if (!owners.has(port)) owners.set(port, owner);
          if (by === undefined) continue;
          yield {
            path: `${container.path}/ports/${index}/${hostPort === undefined ? 'containerPort' : 'hostPort'}`,
            at: pod.placed,
            message: `${nameOf(container)} wants port ${port} of the device, which ${by} has taken`,
            fix: 'choose another port, or do without one of the host and use a Service',
          };
        }
      }
    }
  },

  examples: [
    { title: 'a free port', subject: exampleObjects([exampleDaemonSet(onHost(8501))]), expect: [] },
    {
      title: "a port of the pod's own network is nobody else's",
      subject: exampleObjects([
        exampleDaemonSet({ containers: [exampleContainer({ ports: [{ containerPort: 6443 }] })] }),
      ]),
      expect: [],
    },
    {
      title: 'ports that K3s has taken',
      subject: exampleObjects([exampleDaemonSet(onHost(80, 10247, 10248))]),
      expect: [
        `container "server" wants port 80 of the device, which Traefik's load balancer has taken`,
        'container "server" wants port 10248 of the device, which the kubelet or the control plane has taken',
      ],
    },
    {
      title: 'one port for two pods, one of them in the network of the host',
      subject: exampleObjects([
        exampleDaemonSet(onHost(9100)),
        exampleDeployment({
          hostNetwork: true,
          containers: [exampleContainer({ ports: [{ containerPort: 9100 }] })],
        }),
      ]),
      expect: ['container "server" wants port 9100 of the device, which DaemonSet "inference" has taken'],
    },
  ],
});
