import type { ModelServerSpec, PerClass, WorkloadContext } from '../fleet/spec.ts';
import { formatBytes, parseBytes, parseDuration } from '../fleet/units.ts';
import type { ModelDelivery } from './model-volume.ts';
import { forClass } from './per-class.ts';
import {
  type Container,
  guaranteed,
  LOG_BYTES,
  type Probe,
  RESTRICTED_CONTAINER,
  type Volume,
} from './pod.ts';
import { MODELS, SERVER_CONFIG, type ServerPlan } from './server-container.ts';

const MIB = 2 ** 20;
const DEFAULT_EPHEMERAL = '64Mi';
const DEFAULT_LOAD_TIME = '60s';
const STARTUP_PERIOD_SECONDS = 5;

const optional = <T>(value: PerClass<string, T> | undefined, className: string): T | undefined =>
  value === undefined ? undefined : forClass(value, className);

/** All three ask whether the model answers; they differ in patience. */
function probes(
  path: string,
  loadTimeMs: number,
): Pick<Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'> {
  const probe = (periodSeconds: number, timeoutSeconds: number, failureThreshold: number): Probe => ({
    httpGet: { path, port: 'http' },
    periodSeconds,
    timeoutSeconds,
    failureThreshold,
  });
  return {
    // Until this has passed once the others wait, so a slow load is no reason to restart.
    startupProbe: probe(STARTUP_PERIOD_SECONDS, 3, Math.ceil(loadTimeMs / 1000 / STARTUP_PERIOD_SECONDS) + 1),
    readinessProbe: probe(10, 3, 3),
    // A minute and a half: a device that is busy for a moment is better served by waiting than by loading again.
    livenessProbe: probe(30, 10, 3),
  };
}

/**
 * The server's container and what it mounts.
 *
 * Its ephemeral storage is the declared one, for logs and `/tmp`, and the copied model where there is one: the kubelet
 * evicts a pod whose logs, writable layers and emptyDirs together exceed the sum of its containers' limits.
 */
export function serverContainer(
  workload: ModelServerSpec,
  server: ServerPlan,
  delivery: ModelDelivery,
  context: WorkloadContext,
): { readonly container: Container; readonly volumes: readonly Volume[] } {
  const ephemeral = parseBytes(optional(workload.ephemeralStorage, context.class) ?? DEFAULT_EPHEMERAL);
  const loadTimeMs = parseDuration(optional(workload.loadTime, context.class) ?? DEFAULT_LOAD_TIME);
  const config = server.config && context.configMap('server', server.config);
  return {
    container: {
      name: 'server',
      imagePullPolicy: 'IfNotPresent',
      ...server.container,
      resources: guaranteed(
        forClass(workload.memory, context.class),
        forClass(workload.cpu, context.class),
        formatBytes(ephemeral + delivery.ephemeralBytes),
        optional(workload.accelerators, context.class),
      ),
      securityContext: RESTRICTED_CONTAINER,
      volumeMounts: [
        { name: 'model', mountPath: MODELS, readOnly: true },
        { name: 'tmp', mountPath: '/tmp' },
        ...(config === undefined
          ? []
          : [{ name: 'server-config', mountPath: SERVER_CONFIG, readOnly: true }]),
      ],
      ...probes(server.ready, loadTimeMs),
    },
    volumes: [
      delivery.volume,
      // What the logs leave of the declared storage.
      { name: 'tmp', emptyDir: { sizeLimit: formatBytes(Math.max(ephemeral - LOG_BYTES, 8 * MIB)) } },
      ...(config === undefined ? [] : [{ name: 'server-config', configMap: { name: config } }]),
    ],
  };
}
