import type { TelemetrySpec, WorkloadContext } from '../fleet/spec.ts';
import { formatBytes, formatDuration, parseDuration } from '../fleet/units.ts';
import {
  type Container,
  type EnvVar,
  guaranteed,
  LOG_BYTES,
  RESTRICTED_CONTAINER,
  type Volume,
} from './pod.ts';
import { CREDENTIALS, IDENTITY_LABELS, type ScrapeTarget, telemetryConfig } from './telemetry-config.ts';
import { TELEMETRY_DEFAULTS, telemetryLogBytes } from './telemetry-storage.ts';
import { VERSION_LABEL } from './version.ts';

const CONFIG = '/etc/breakwater/telemetry';
const CONFIG_FILE = 'prometheus.yml';
const STORAGE = '/telemetry';
const PORT = 9090;

/** Another port where the server has this one for itself: both are in one network namespace. */
const portBeside = (taken: readonly (number | undefined)[]): number =>
  [PORT, PORT + 1, PORT + 2].find((port) => !taken.includes(port))!;

/** Where each label of identity comes from: the cluster's ConfigMap, and what Kubernetes knows of the pod. */
function identityEnv(identity: string): readonly EnvVar[] {
  const fields: Readonly<Record<string, string>> = {
    device: 'spec.nodeName',
    version: `metadata.labels['${VERSION_LABEL}']`,
  };
  return Object.entries(IDENTITY_LABELS).map(([name, label]) => {
    const fieldPath = fields[label];
    return fieldPath === undefined
      ? { name, valueFrom: { configMapKeyRef: { name: identity, key: label } } }
      : { name, valueFrom: { fieldRef: { fieldPath } } };
  });
}

/** The agent's part of the pod. */
export interface TelemetryAgent {
  readonly sidecar: Container;
  readonly volumes: readonly Volume[];
}

/**
 * Prometheus in agent mode as a native sidecar: it scrapes, keeps what could not be sent yet on disk, and sends.
 *
 * No startup or readiness probe: an agent that cannot start or reach its receiver must never keep the server from
 * answering. That it is silent is what `overdueAfter` of the gate is for. Its log goes with the pod.
 *
 * @param taken ports of the server
 */
export function telemetryAgent(
  telemetry: TelemetrySpec,
  target: ScrapeTarget,
  taken: readonly (number | undefined)[],
  context: WorkloadContext,
): TelemetryAgent {
  const config = context.configMap('telemetry', { [CONFIG_FILE]: telemetryConfig(telemetry, target) });
  const { secret } = telemetry.remoteWrite;
  const logBytes = telemetryLogBytes(telemetry);
  const offlineMs = parseDuration(telemetry.offline ?? TELEMETRY_DEFAULTS.offline);
  const port = portBeside(taken);
  return {
    sidecar: {
      name: 'telemetry',
      image: telemetry.image,
      imagePullPolicy: 'IfNotPresent',
      restartPolicy: 'Always',
      args: [
        '--agent',
        `--config.file=${CONFIG}/${CONFIG_FILE}`,
        `--storage.agent.path=${STORAGE}`,
        `--storage.agent.retention.max-time=${formatDuration(offlineMs)}`,
        `--web.listen-address=0.0.0.0:${port}`,
      ],
      env: identityEnv(context.identity),
      ports: [{ name: 'telemetry', containerPort: port, protocol: 'TCP' }],
      resources: guaranteed(
        telemetry.memory ?? TELEMETRY_DEFAULTS.memory,
        telemetry.cpu ?? TELEMETRY_DEFAULTS.cpu,
        formatBytes(logBytes + LOG_BYTES),
      ),
      securityContext: RESTRICTED_CONTAINER,
      livenessProbe: {
        httpGet: { path: '/-/healthy', port: 'telemetry' },
        periodSeconds: 30,
        timeoutSeconds: 5,
        // Five minutes: reading a long log again after a restart takes a while on a slow disk.
        failureThreshold: 10,
      },
      volumeMounts: [
        { name: 'telemetry', mountPath: STORAGE },
        { name: 'telemetry-config', mountPath: CONFIG, readOnly: true },
        ...(secret === undefined ? [] : [{ name: 'remote-write', mountPath: CREDENTIALS, readOnly: true }]),
      ],
    },
    volumes: [
      { name: 'telemetry', emptyDir: { sizeLimit: formatBytes(logBytes) } },
      { name: 'telemetry-config', configMap: { name: config } },
      ...(secret === undefined ? [] : [{ name: 'remote-write', secret: { secretName: secret } }]),
    ],
  };
}
