import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { breakwaterServer, containerServer, tensorflowServing } from '../src/index.ts';
import type { FleetSpec, ModelServerSpec } from '../src/fleet/spec.ts';
import { synthFleet } from '../src/synth/index.ts';
import type { Container, PodSpec } from '../src/synth/pod.ts';
import { image, sampleFleet } from './support/sample-fleet.ts';

const inference = sampleFleet().workloads['inference'] as ModelServerSpec;
const withInference = (change: Partial<ModelServerSpec>): FleetSpec =>
  sampleFleet({ workloads: { inference: { ...inference, ...change } } });

interface DaemonSet {
  readonly spec: {
    readonly updateStrategy: object;
    readonly template: { readonly spec: PodSpec };
  };
}

const daemonSet = (spec: FleetSpec, className = 'new'): DaemonSet =>
  parse(synthFleet(spec)[className]!.files.get('objects/daemonset-inference.yaml')!, {
    version: '1.1',
  }) as DaemonSet;
const pod = (spec: FleetSpec, className = 'new'): PodSpec => daemonSet(spec, className).spec.template.spec;
const server = (spec: FleetSpec, className = 'new'): Container => pod(spec, className).containers[0]!;

test('everything that a model server is made of', () => {
  const { files } = synthFleet(sampleFleet())['new']!;
  const objects = [...files].filter(
    ([file]) => file.startsWith('objects/') && !file.includes('kustomization'),
  );
  expect(objects.map(([, text]) => text).join('---\n')).toMatchInlineSnapshot(`
    "apiVersion: apps/v1
    kind: DaemonSet
    metadata:
      labels:
        app.kubernetes.io/name: inference
        app.kubernetes.io/part-of: sample
      name: inference
      namespace: sample
    spec:
      revisionHistoryLimit: 2
      selector:
        matchLabels:
          app.kubernetes.io/name: inference
          app.kubernetes.io/part-of: sample
      template:
        metadata:
          labels:
            app.kubernetes.io/name: inference
            app.kubernetes.io/part-of: sample
            breakwater.dev/version: v32cae2a56de9
        spec:
          automountServiceAccountToken: false
          containers:
            - args:
                - --prefer_tflite_model
                - --num_tflite_pools=1
                - --num_tflite_interpreters_per_pool=1
                - --file_system_poll_wait_seconds=0
                - --monitoring_config_file=/etc/breakwater/server/monitoring.config
              env:
                - name: MODEL_NAME
                  value: digits
                - name: MODEL_BASE_PATH
                  value: /models
              image: registry.example.com/serving@sha256:3333333333333333333333333333333333333333333333333333333333333333
              imagePullPolicy: IfNotPresent
              livenessProbe:
                failureThreshold: 3
                httpGet:
                  path: /v1/models/digits
                  port: http
                periodSeconds: 30
                timeoutSeconds: 10
              name: server
              ports:
                - containerPort: 8501
                  name: http
                  protocol: TCP
                - containerPort: 8500
                  name: grpc
                  protocol: TCP
              readinessProbe:
                failureThreshold: 3
                httpGet:
                  path: /v1/models/digits
                  port: http
                periodSeconds: 10
                timeoutSeconds: 3
              resources:
                limits:
                  cpu: "1"
                  ephemeral-storage: 64Mi
                  memory: 512Mi
                requests:
                  cpu: "1"
                  ephemeral-storage: 64Mi
                  memory: 512Mi
              securityContext:
                allowPrivilegeEscalation: false
                capabilities:
                  drop:
                    - ALL
                readOnlyRootFilesystem: true
              startupProbe:
                failureThreshold: 13
                httpGet:
                  path: /v1/models/digits
                  port: http
                periodSeconds: 5
                timeoutSeconds: 3
              volumeMounts:
                - mountPath: /models
                  name: model
                  readOnly: true
                - mountPath: /tmp
                  name: tmp
                - mountPath: /etc/breakwater/server
                  name: server-config
                  readOnly: true
          enableServiceLinks: false
          initContainers:
            - args:
                - --agent
                - --config.file=/etc/breakwater/telemetry/prometheus.yml
                - --storage.agent.path=/telemetry
                - --storage.agent.retention.max-time=24h
                - --web.listen-address=0.0.0.0:9090
              env:
                - name: BREAKWATER_CLUSTER
                  valueFrom:
                    configMapKeyRef:
                      key: cluster
                      name: breakwater-identity
                - name: BREAKWATER_CLASS
                  valueFrom:
                    configMapKeyRef:
                      key: class
                      name: breakwater-identity
                - name: BREAKWATER_SLICE
                  valueFrom:
                    configMapKeyRef:
                      key: slice
                      name: breakwater-identity
                - name: BREAKWATER_DEVICE
                  valueFrom:
                    fieldRef:
                      fieldPath: spec.nodeName
                - name: BREAKWATER_VERSION
                  valueFrom:
                    fieldRef:
                      fieldPath: metadata.labels['breakwater.dev/version']
              image: registry.example.com/prometheus@sha256:5555555555555555555555555555555555555555555555555555555555555555
              imagePullPolicy: IfNotPresent
              livenessProbe:
                failureThreshold: 10
                httpGet:
                  path: /-/healthy
                  port: telemetry
                periodSeconds: 30
                timeoutSeconds: 5
              name: telemetry
              ports:
                - containerPort: 9090
                  name: telemetry
                  protocol: TCP
              resources:
                limits:
                  cpu: 100m
                  ephemeral-storage: 154Mi
                  memory: 128Mi
                requests:
                  cpu: 100m
                  ephemeral-storage: 154Mi
                  memory: 128Mi
              restartPolicy: Always
              securityContext:
                allowPrivilegeEscalation: false
                capabilities:
                  drop:
                    - ALL
                readOnlyRootFilesystem: true
              volumeMounts:
                - mountPath: /telemetry
                  name: telemetry
                - mountPath: /etc/breakwater/telemetry
                  name: telemetry-config
                  readOnly: true
                - mountPath: /etc/breakwater/remote-write
                  name: remote-write
                  readOnly: true
          nodeSelector:
            kubernetes.io/arch: amd64
          priorityClassName: sample-inference
          securityContext:
            runAsGroup: 65532
            runAsNonRoot: true
            runAsUser: 65532
            seccompProfile:
              type: RuntimeDefault
          serviceAccountName: inference
          terminationGracePeriodSeconds: 10
          volumes:
            - image:
                pullPolicy: IfNotPresent
                reference: registry.example.com/models/digits@sha256:2222222222222222222222222222222222222222222222222222222222222222
              name: model
            - emptyDir:
                sizeLimit: 14Mi
              name: tmp
            - configMap:
                name: inference-server-cf986c39d0877
              name: server-config
            - emptyDir:
                sizeLimit: 104Mi
              name: telemetry
            - configMap:
                name: inference-telemetry-cf986c39d0877
              name: telemetry-config
            - name: remote-write
              secret:
                secretName: remote-write
      updateStrategy:
        rollingUpdate:
          maxSurge: 0
          maxUnavailable: 2
        type: RollingUpdate
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      labels:
        app.kubernetes.io/name: inference
        app.kubernetes.io/part-of: sample
      name: inference
      namespace: sample
    spec:
      egress:
        - ports:
            - port: 53
              protocol: UDP
            - port: 53
              protocol: TCP
            - port: 443
              protocol: TCP
          to:
            - ipBlock:
                cidr: 0.0.0.0/0
        - ports:
            - port: 53
              protocol: UDP
            - port: 53
              protocol: TCP
            - port: 443
              protocol: TCP
          to:
            - ipBlock:
                cidr: ::/0
      ingress:
        - from:
            - podSelector: {}
          ports:
            - port: 8501
              protocol: TCP
            - port: 8500
              protocol: TCP
      podSelector:
        matchLabels:
          app.kubernetes.io/name: inference
          app.kubernetes.io/part-of: sample
      policyTypes:
        - Egress
        - Ingress
    ---
    apiVersion: scheduling.k8s.io/v1
    kind: PriorityClass
    metadata:
      labels:
        app.kubernetes.io/part-of: sample
      name: sample-inference
    description: Inference of the fleet sample
    globalDefault: false
    value: 1000000
    ---
    apiVersion: v1
    kind: Service
    metadata:
      labels:
        app.kubernetes.io/name: inference
        app.kubernetes.io/part-of: sample
      name: inference
      namespace: sample
    spec:
      externalIPs: []
      internalTrafficPolicy: Local
      ports:
        - name: http
          port: 8501
          targetPort: 8501
        - name: grpc
          port: 8500
          targetPort: 8500
      selector:
        app.kubernetes.io/name: inference
        app.kubernetes.io/part-of: sample
      type: ClusterIP
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      labels:
        app.kubernetes.io/name: inference
        app.kubernetes.io/part-of: sample
      name: inference
      namespace: sample
    automountServiceAccountToken: false
    "
  `);
});

describe('the model', () => {
  test('is mounted from its image by K3s 1.35 and later', () => {
    const { volumes, initContainers = [] } = pod(sampleFleet(), 'new');
    expect(volumes.find(({ name }) => name === 'model')).toEqual({
      name: 'model',
      image: { reference: image('models/digits', '2'), pullPolicy: 'IfNotPresent' },
    });
    expect(initContainers.map(({ name }) => name)).toEqual(['telemetry']);
  });

  test('is copied before the server starts by K3s before 1.35, and counted as its disk', () => {
    const { volumes, initContainers = [] } = pod(sampleFleet(), 'old');
    expect(volumes.find(({ name }) => name === 'model')).toEqual({
      name: 'model',
      emptyDir: { sizeLimit: '7Mi' },
    });
    expect(initContainers.map(({ name }) => name)).toEqual(['model', 'telemetry']);
    expect(initContainers[0]).toMatchObject({
      image: image('models/digits-copier', '4'),
      command: ['cp', '-R', '-f', '/digits', '/models/'],
      volumeMounts: [{ name: 'model', mountPath: '/models' }],
    });
    expect(server(sampleFleet(), 'old').resources.limits['ephemeral-storage']).toBe('71Mi');
    expect(server(sampleFleet(), 'new').resources.limits['ephemeral-storage']).toBe('64Mi');
  });

  test.each([
    ['1.34', false],
    ['1.35', true],
    ['1.37', true],
  ])('K3s %s mounts images: %s', (k3s, mounts) => {
    const classes = { new: { ...sampleFleet().classes['new']!, k3s } };
    expect(pod(sampleFleet({ classes })).volumes[0]).toHaveProperty(mounts ? 'image' : 'emptyDir');
  });

  test('that has to be copied by nobody is refused', () => {
    const { copier: _, ...rest } = inference;
    expect(() =>
      synthFleet(sampleFleet({ workloads: { inference: rest } })),
    ).toThrowErrorMatchingInlineSnapshot(
      `[UserError: class "old" runs K3s 1.34, which cannot mount the image of model "digits", and no copier is declared]`,
    );
  });

  test('under a name that no Service may have is refused', () => {
    expect(() => synthFleet(sampleFleet({ workloads: { '9th': inference } }))).toThrow(
      'workload "9th" names a Service, which may not begin with a digit',
    );
  });

  test('that is not declared is refused', () => {
    expect(() => synthFleet(withInference({ model: 'faces' }))).toThrowErrorMatchingInlineSnapshot(
      `[UserError: workload "inference" serves model "faces", which fleet "sample" does not declare]`,
    );
  });
});

describe('the server', () => {
  test("of Breakwater's own serves the same paths with its own bounds", () => {
    const spec = withInference({ server: breakwaterServer({ image: image('own'), maxBody: '1Mi' }) });
    expect(server(spec)).toMatchObject({
      args: ['/models/digits', '--max-body=1Mi', '--max-requests=32'],
      ports: [{ name: 'http', containerPort: 8501 }],
      startupProbe: { httpGet: { path: '/v1/models/digits', port: 'http' } },
      volumeMounts: [
        { name: 'model', mountPath: '/models', readOnly: true },
        { name: 'tmp', mountPath: '/tmp' },
      ],
    });
    const config = [...synthFleet(spec)['new']!.files].find(([file]) =>
      file.includes('configmap-inference-telemetry'),
    );
    expect(config![1]).toContain('metrics_path: /monitoring/prometheus/metrics');
  });

  test('of another kind on each class', () => {
    const spec = withInference({
      server: {
        byClass: {
          new: tensorflowServing({ image: image('serving'), pools: 2 }),
          old: containerServer({
            image: image('own'),
            command: ['/server'],
            args: ['--model=/models/digits'],
            env: { B: '2', A: '$(X) 1' },
            ports: { http: 9090, grpc: 9000 },
            ready: '/ready',
          }),
        },
      },
      memory: { byClass: { new: '1Gi', old: '256Mi' } },
      accelerators: { byClass: { new: {}, old: { 'nvidia.com/gpu': 1 } } },
      loadTime: '3m',
    });
    expect(server(spec, 'new').args).toContain('--num_tflite_pools=2');
    expect(server(spec, 'new').resources.requests).toEqual({
      memory: '1Gi',
      cpu: '1',
      'ephemeral-storage': '64Mi',
    });
    expect(server(spec, 'old')).toMatchObject({
      command: ['/server'],
      args: ['--model=/models/digits'],
      env: [
        { name: 'A', value: '$(X) 1' },
        { name: 'B', value: '2' },
      ],
      ports: [
        { name: 'http', containerPort: 9090 },
        { name: 'grpc', containerPort: 9000 },
      ],
      startupProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 5, failureThreshold: 37 },
    });
    expect(server(spec, 'old').resources.limits).toMatchObject({ memory: '256Mi', 'nvidia.com/gpu': '1' });
    // The server has the agent's usual port for itself.
    expect(pod(spec, 'old').initContainers![1]!.ports![0]!.containerPort).toBe(9091);
  });

  test('and all else in its pod asks for as much as it may use', () => {
    const { containers, initContainers = [] } = pod(sampleFleet(), 'old');
    for (const { resources } of [...containers, ...initContainers]) {
      expect(resources.requests).toEqual(resources.limits);
      expect(Object.keys(resources.limits)).toEqual(['cpu', 'ephemeral-storage', 'memory']);
    }
  });

  test('is told in its own pod where its volumes are', () => {
    for (const className of ['new', 'old']) {
      const { containers, initContainers = [], volumes } = pod(sampleFleet(), className);
      const names = volumes.map(({ name }) => name);
      const mounted = [...containers, ...initContainers].flatMap(({ volumeMounts = [] }) => volumeMounts);
      expect(new Set(mounted.map(({ name }) => name))).toEqual(new Set(names));
    }
  });

  test('without telemetry has no agent and may talk to nobody', () => {
    const { telemetry: _, ...rest } = inference;
    const spec = sampleFleet({ workloads: { inference: rest } });
    expect(pod(spec)).not.toHaveProperty('initContainers');
    const policy = synthFleet(spec)['new']!.objects.find(
      ({ object }) => object.kind === 'NetworkPolicy',
    )!.object;
    expect(policy['spec']).toMatchObject({ policyTypes: ['Egress', 'Ingress'] });
    expect(policy['spec']).not.toHaveProperty('egress');
  });
});

test.each([
  ['new', 2],
  ['old', 3],
])('on %s as many devices as may be off, and one, may be without inference', (className, maxUnavailable) => {
  expect(daemonSet(sampleFleet(), className).spec.updateStrategy).toEqual({
    type: 'RollingUpdate',
    rollingUpdate: { maxSurge: 0, maxUnavailable },
  });
});
