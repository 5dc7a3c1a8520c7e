import { ApiObject } from 'cdk8s';
import type { ConstructWorkload } from 'breakwater';

const IMAGE =
  'registry.example.com/city/frame-grabber@sha256:e6d73d8d36675ad5e5e83cd857d54ab2a01778f736deef926137fbc22e4ba72f';

/** Share of a cluster's devices that are expected to be offline. */
const OFFLINE = { 'always-on': 0.01, flaky: 0.1 };

/** Pulls pictures from the cameras beside a device and asks the model server about them: plain cdk8s. */
export const frameGrabber: ConstructWorkload = (scope, { workload, device, configMap }) => {
  const config = configMap('cameras', {
    'cameras.json': JSON.stringify({ framesPerSecond: 2, server: 'http://inference:8501' }),
  });
  const labels = { 'app.kubernetes.io/name': workload };
  const offline = device.offline ?? OFFLINE[device.availability];
  return new ApiObject(scope, 'daemon-set', {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: workload, labels },
    spec: {
      selector: { matchLabels: labels },
      // A device that is dead takes one unit for good, so one more must be left.
      updateStrategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: 0, maxUnavailable: Math.ceil(offline * device.maxDevicesPerCluster) + 1 },
      },
      template: {
        metadata: { labels },
        spec: {
          automountServiceAccountToken: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65532,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [
            {
              name: 'grabber',
              image: IMAGE,
              imagePullPolicy: 'IfNotPresent',
              args: ['--config=/etc/grabber/cameras.json'],
              ports: [{ name: 'http', containerPort: 9100 }],
              resources: {
                requests: { cpu: '200m', memory: '96Mi', 'ephemeral-storage': '64Mi' },
                limits: { cpu: '200m', memory: '96Mi', 'ephemeral-storage': '64Mi' },
              },
              readinessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 10 },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
              volumeMounts: [{ name: 'cameras', mountPath: '/etc/grabber', readOnly: true }],
            },
          ],
          volumes: [{ name: 'cameras', configMap: { name: config } }],
        },
      },
    },
  });
};
