// What Pod Security refuses on one minor: small changes to a pod that the strictest level accepts, put before it.

import type { KubeObject } from '../../../src/synth/manifests.ts';
import { Refused, type Api } from '../../harness/api.ts';

type Fields = Readonly<Record<string, unknown>>;

const LEVELS = ['baseline', 'restricted'] as const;

const CONTAINER: Fields = {
  name: 'c',
  image: 'registry.example.com/x:1',
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
};

const SPEC: Fields = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [CONTAINER],
};

/** The pod with other fields. */
const pod = (fields: Fields): Fields => ({ ...SPEC, ...fields });
/** With other fields in the pod's security context. */
const context = (fields: Fields): Fields =>
  pod({ securityContext: { ...(SPEC['securityContext'] as Fields), ...fields } });
/** With other fields in its container. */
const container = (fields: Fields): Fields => pod({ containers: [{ ...CONTAINER, ...fields }] });
/** With other fields in its container's security context. */
const containerContext = (fields: Fields): Fields =>
  container({ securityContext: { ...(CONTAINER['securityContext'] as Fields), ...fields } });

const volume = (source: Fields): Fields => pod({ volumes: [{ name: 'v', ...source }] });

const SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.core.somaxconn',
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
] as const;

export const PROBES: Readonly<Record<string, Fields>> = {
  'allowPrivilegeEscalation missing': containerContext({ allowPrivilegeEscalation: undefined }),
  'capabilities NET_ADMIN': containerContext({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } }),
  'capabilities NET_BIND_SERVICE': containerContext({
    capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
  }),
  'capabilities not dropped': containerContext({ capabilities: {} }),
  hostIPC: pod({ hostIPC: true }),
  hostNetwork: pod({ hostNetwork: true }),
  hostPID: pod({ hostPID: true }),
  hostPort: container({ ports: [{ containerPort: 80, hostPort: 80 }] }),
  'host of a probe': container({ livenessProbe: { httpGet: { path: '/', port: 80, host: '127.0.0.1' } } }),
  'hostUsers false and runAsUser 0': { ...context({ runAsUser: 0, runAsNonRoot: false }), hostUsers: false },
  privileged: containerContext({ privileged: true, allowPrivilegeEscalation: true }),
  'runAsNonRoot missing': context({ runAsNonRoot: undefined }),
  'runAsUser 0': context({ runAsUser: 0, runAsNonRoot: false }),
  'seccompProfile Unconfined': context({ seccompProfile: { type: 'Unconfined' } }),
  'seccompProfile missing': context({ seccompProfile: undefined }),
  'volume configMap': volume({ configMap: { name: 'x' } }),
  'volume emptyDir': volume({ emptyDir: {} }),
  'volume hostPath': volume({ hostPath: { path: '/x' } }),
  'volume image': volume({ image: { reference: 'registry.example.com/x:1' } }),
  'volume nfs': volume({ nfs: { server: 'x', path: '/x' } }),
  ...Object.fromEntries(
    SYSCTLS.map((name) => [`sysctl ${name}`, context({ sysctls: [{ name, value: '1' }] })]),
  ),
};

/** By what is changed: the mildest level that refuses it, or that all allow it. */
export async function readPodSecurity(api: Api): Promise<Readonly<Record<string, string>>> {
  for (const level of LEVELS) {
    const labels = { 'pod-security.kubernetes.io/enforce': level };
    await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: level, labels } });
    await api.apply({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: level },
    });
  }
  const facts: Record<string, string> = {};
  for (const [name, spec] of Object.entries(PROBES)) {
    const verdicts = await Promise.all(LEVELS.map((level) => isRefused(api, level, spec)));
    facts[name] = verdicts[0] ? 'refused by baseline' : verdicts[1] ? 'refused by restricted' : 'allowed';
  }
  return facts;
}

/** @throws Refused where something other than Pod Security objects */
async function isRefused(api: Api, namespace: string, spec: Fields): Promise<boolean> {
  const object: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'probe', namespace }, spec };
  try {
    // A field that the minor drops is not refused: no feature, no harm.
    await api.apply(object, { dryRun: true, strict: false });
    return false;
  } catch (error) {
    if (error instanceof Refused && error.message.includes('violates PodSecurity')) return true;
    throw error;
  }
}
