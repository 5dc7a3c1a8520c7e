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

export default defineRule({
  id: 'pod-security',
  on: 'objects',
  severity: 'warning',
  summary: 'Pods should keep to the restricted profile of the Pod Security Standards.',
  why: 'An edge board stands where strangers can reach it: what breaks out of a container owns the device, and on a server of K3s the whole cluster.',
  source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted',
  since: '0.1.0',

  *check({ objects }) {
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
      ];
      if (ofPod.length > 0) {
        yield {
          path: `${pod.path}/spec`,
          at: pod.placed,
          message: `pod ${ofPod.join(', ')}`,
          fix: 'do without, or accept it with a reason: ignore: [{ rule, path, reason }]',
        };
      }
      for (const container of containersOf(pod)) {
        const lacks = unrestricted(container.spec, podContext);
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
function unrestricted(spec: Json, podContext: Json): readonly string[] {
  const context = asRecord(spec['securityContext']);
  const either = (field: string): unknown => context[field] ?? podContext[field];
  const drop = asList(within(context, 'capabilities', 'drop'));
  const added = asList(within(context, 'capabilities', 'add')).filter((name) => name !== 'NET_BIND_SERVICE');
  const seccomp = asText(within(either('seccompProfile'), 'type'));
  const hostPorts = asList(spec['ports']).flatMap((port) => {
    const { hostPort } = asRecord(port);
    return typeof hostPort === 'number' && hostPort !== 0 ? [hostPort] : [];
  });
  const lacks: readonly (readonly [boolean, string])[] = [
    [context['privileged'] === true, 'is privileged'],
    [either('runAsNonRoot') !== true || either('runAsUser') === 0, 'may run as root'],
    [context['allowPrivilegeEscalation'] !== false, 'may gain privileges'],
    [!drop.includes('ALL'), 'keeps its capabilities'],
    [added.length > 0, `adds ${added.join(', ')}`],
    [seccomp !== 'RuntimeDefault' && seccomp !== 'Localhost', 'no seccompProfile'],
    [hostPorts.length > 0, `takes hostPort ${hostPorts.join(', ')}`],
  ];
  return lacks.flatMap(([lacking, what]) => (lacking ? [what] : []));
}
