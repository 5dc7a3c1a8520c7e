// Objects that an API server accepts, of kinds that a fleet's own constructs may make: what mutants are made from.

import type { KubeObject } from '../../src/synth/manifests.ts';

const NAMESPACE = 'differential';
const labels = { app: 'x' };
const meta = (name: string) => ({ name, namespace: NAMESPACE, labels });

const podSpec = {
  containers: [
    {
      name: 'c',
      image: 'registry.example.com/x:1',
      imagePullPolicy: 'IfNotPresent',
      command: ['run'],
      env: [
        { name: 'A', value: '1' },
        { name: 'B', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
      ],
      ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
      resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '64Mi' } },
      readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 5 },
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      volumeMounts: [{ name: 'data', mountPath: '/data', readOnly: true }],
    },
  ],
  tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoSchedule' }],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }],
      },
    },
  },
  volumes: [{ name: 'data', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } }],
};

const template = (more: object = {}) => ({ metadata: { labels }, spec: { ...podSpec, ...more } });

export const validObjects: readonly KubeObject[] = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: meta('deployment'),
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: '25%' } },
      template: template(),
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: meta('stateful'),
    spec: {
      serviceName: 'stateful',
      replicas: 1,
      selector: { matchLabels: labels },
      template: template(),
      volumeClaimTemplates: [
        {
          metadata: { name: 'disk' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
    },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: meta('cron'),
    spec: {
      schedule: '0 3 * * *',
      concurrencyPolicy: 'Forbid',
      jobTemplate: { spec: { backoffLimit: 2, template: template({ restartPolicy: 'OnFailure' }) } },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta('service'),
    spec: { type: 'ClusterIP', selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('config'), immutable: true, data: { a: '1' } },
  { apiVersion: 'v1', kind: 'Secret', metadata: meta('secret'), type: 'Opaque', stringData: { a: '1' } },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: meta('claim'),
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: meta('ingress'),
    spec: {
      rules: [
        {
          host: 'x.example.com',
          http: {
            paths: [
              { path: '/', pathType: 'Prefix', backend: { service: { name: 'x', port: { number: 80 } } } },
            ],
          },
        },
      ],
    },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: meta('network'),
    spec: {
      podSelector: { matchLabels: labels },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 80, protocol: 'TCP' }] }],
    },
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: meta('budget'),
    spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: meta('role'),
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }],
  },
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: meta('scaler'),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'deployment' },
      minReplicas: 1,
      maxReplicas: 3,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
        },
      ],
    },
  },
  {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: meta('kustomization'),
    spec: {
      interval: '10m',
      prune: true,
      path: './x',
      sourceRef: { kind: 'GitRepository', name: 'x' },
      dependsOn: [{ name: 'y' }],
      postBuild: { substitute: { a: 'b' }, substituteFrom: [{ kind: 'ConfigMap', name: 'x' }] },
    },
  },
  {
    apiVersion: 'helm.cattle.io/v1',
    kind: 'HelmChart',
    metadata: meta('chart'),
    spec: {
      chart: 'x',
      repo: 'https://charts.example.com',
      version: '1.0.0',
      targetNamespace: 'x',
      set: { a: 1, b: 'c' },
    },
  },
  {
    apiVersion: 'upgrade.cattle.io/v1',
    kind: 'Plan',
    metadata: meta('plan'),
    spec: {
      concurrency: 1,
      version: 'v1.36.3',
      upgrade: { image: 'rancher/k3s-upgrade' },
      nodeSelector: { matchLabels: labels },
    },
  },
  {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: meta('rollout'),
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: template(),
      strategy: { canary: { maxSurge: '25%', steps: [{ setWeight: 20 }, { pause: { duration: '1m' } }] } },
    },
  },
];
