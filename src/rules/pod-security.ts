import { asList, asRecord, asText, within, type Json } from '../check/json.ts';
import { containersOf, nameOf, podTemplates } from '../check/pods.ts';
import { defineRule } from '../check/rule.ts';
import { exampleContainer, exampleDaemonSet, exampleObjects } from './example-objects.ts';

const VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

/** Allowed by Pod Security of 1.34 to 1.37: schemas/kubernetes/pod-security.json. */
const SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
]);

/** Where the kubelet connects to a host that the pod names. */
const HANDLERS = [
  ['livenessProbe'],
  ['readinessProbe'],
  ['startupProbe'],
  ['lifecycle', 'postStart'],
  ['lifecycle', 'preStop'],
] as const;

export default defineRule({
  id: 'pod-security',
  on: 'objects',
  severity: 'warning',
  summary: 'Pods should keep to the restricted profile of the Pod Security Standards.',
  why: 'An edge board stands where strangers can reach it: what breaks out of a container owns the device, and on a server of K3s the whole cluster.',
  source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted',
  since: '0.1.0',

  *check({ objects, schemas }) {
    for (const pod of podTemplates(objects)) {
      const podContext = asRecord(pod.spec['securityContext']);
      const ofPod = [
        ...['hostNetwork', 'hostPID', 'hostIPC']
          .filter((field) => pod.spec[field] === true)
          .map((field) => `sets ${field}`),
        ...asList(pod.spec['volumes']).flatMap((volume) => {
          const kinds = Object.keys(asRecord(volume)).filter((key) => key !== 'name' && !VOLUMES.has(key));
          return kinds.map((kind) => `has a ${kind} volume "${asText(asRecord(volume)['name']) ?? ''}"`);
        }),
        ...asList(podContext['sysctls']).flatMap((sysctl) => {
          const name = asText(asRecord(sysctl)['name']);
          return name === undefined || SYSCTLS.has(name) ? [] : [`sets sysctl ${name}`];
        }),
      ];
      if (ofPod.length > 0) {
        yield {
          path: `${pod.path}/spec`,
          at: pod.placed,
          message: `pod ${ofPod.join(', ')}`,
          fix: 'do without, or accept it with a reason: ignore: [{ rule, path, reason }]',
        };
      }
      // Root in a user namespace of its own is nobody outside; Pod Security knows that from 1.35 on.
      const isOwnUser = pod.spec['hostUsers'] === false && schemas?.minor !== '1.34';
      for (const container of containersOf(pod)) {
        const lacks = unrestricted(container.spec, podContext, isOwnUser);
        if (lacks.length === 0) continue;
        yield {
          path: `${container.path}/securityContext`,
          at: pod.placed,
          message: `${nameOf(container)} is not restricted: ${lacks.join(', ')}`,
          fix: 'set runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } and seccompProfile: { type: RuntimeDefault }',
        };
      }
    }
  },

  examples: [
    { title: 'restricted', subject: exampleObjects([exampleDaemonSet()]), expect: [] },
    {
      title: 'nothing set',
      subject: exampleObjects([
        exampleDaemonSet({
          securityContext: undefined,
          containers: [exampleContainer({ securityContext: undefined })],
        }),
      ]),
      expect: [
        'container "server" is not restricted: may run as root, may gain privileges, keeps its capabilities, no seccompProfile',
      ],
    },
    {
      title: 'the container may overrule the pod',
      subject: exampleObjects([
        exampleDaemonSet({
          containers: [
            exampleContainer({
              securityContext: {
                privileged: true,
                runAsNonRoot: false,
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'NET_BIND_SERVICE'] },
              },
              ports: [{ containerPort: 80, hostPort: 80 }],
            }),
          ],
        }),
      ]),
      expect: [
        'container "server" is not restricted: is privileged, may run as root, adds NET_ADMIN, takes hostPort 80',
      ],
    },
    {
      title: "the host's network and files",
      subject: exampleObjects([
        exampleDaemonSet({
          hostNetwork: true,
          volumes: [{ name: 'accelerator', hostPath: { path: '/dev/apex_0' } }],
        }),
      ]),
      expect: ['pod sets hostNetwork, has a hostPath volume "accelerator"'],
    },
  ],
});

/** What keeps a container from the restricted profile. */
function unrestricted(spec: Json, podContext: Json, isOwnUser: boolean): readonly string[] {
  const context = asRecord(spec['securityContext']);
  const either = (field: string): unknown => context[field] ?? podContext[field];
  const drop = asList(within(context, 'capabilities', 'drop'));
  const added = asList(within(context, 'capabilities', 'add')).filter((name) => name !== 'NET_BIND_SERVICE');
  const seccomp = asText(within(either('seccompProfile'), 'type'));
  const hostPorts = asList(spec['ports']).flatMap((port) => {
    const { hostPort } = asRecord(port);
    return typeof hostPort === 'number' && hostPort !== 0 ? [hostPort] : [];
  });
  const hosts = HANDLERS.flatMap((path) =>
    ['httpGet', 'tcpSocket'].flatMap((kind) => asText(within(spec, ...path, kind, 'host')) ?? []),
  );
  const lacks: readonly (readonly [boolean, string])[] = [
    [context['privileged'] === true, 'is privileged'],
    [!isOwnUser && (either('runAsNonRoot') !== true || either('runAsUser') === 0), 'may run as root'],
    [context['allowPrivilegeEscalation'] !== false, 'may gain privileges'],
    [!drop.includes('ALL'), 'keeps its capabilities'],
    [added.length > 0, `adds ${added.join(', ')}`],
    [seccomp !== 'RuntimeDefault' && seccomp !== 'Localhost', 'no seccompProfile'],
    [hostPorts.length > 0, `takes hostPort ${hostPorts.join(', ')}`],
    [hosts.length > 0, `probes host ${hosts.join(', ')}`],
  ];
  return lacks.flatMap(([lacking, what]) => (lacking ? [what] : []));
}
