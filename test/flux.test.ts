import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { flux, git, oci } from '../src/index.ts';
import { bootstrapObjects, synthFleet, toYaml } from '../src/synth/index.ts';
import { daemonSetHealth } from '../src/synth/targets/flux-health.ts';
import { sampleFleet } from './support/sample-fleet.ts';

const frame = (name: string, className = 'new'): string =>
  synthFleet(sampleFleet())[className]!.files.get(`frame/${name}`)!;

test('the frame of a release', () => {
  expect(['namespace.yaml', 'identity.yaml', 'release.yaml'].map((name) => frame(name)).join('---\n'))
    .toMatchInlineSnapshot(`
    "apiVersion: v1
    kind: Namespace
    metadata:
      annotations:
        kustomize.toolkit.fluxcd.io/prune: disabled
      labels:
        app.kubernetes.io/part-of: sample
        pod-security.kubernetes.io/enforce: restricted
        pod-security.kubernetes.io/enforce-version: v1.36
        pod-security.kubernetes.io/warn: restricted
        pod-security.kubernetes.io/warn-version: v1.36
      name: sample
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata:
      labels:
        app.kubernetes.io/part-of: sample
      name: breakwater-identity
      namespace: sample
    data:
      class: \${quote}\${class}\${quote}
      cluster: \${quote}\${cluster}\${quote}
      region: \${quote}\${region}\${quote}
      slice: \${quote}\${slice}\${quote}
    ---
    apiVersion: kustomize.toolkit.fluxcd.io/v1
    kind: Kustomization
    metadata:
      labels:
        app.kubernetes.io/part-of: sample
      name: sample-release
      namespace: flux-system
    spec:
      deletionPolicy: Orphan
      healthCheckExprs:
        - apiVersion: apps/v1
          current: "has(status.observedGeneration) && status.desiredNumberScheduled - (has(status.updatedNumberScheduled) ? status.updatedNumberScheduled : 0) <= (status.desiredNumberScheduled < 2 ? 0 : (status.desiredNumberScheduled * 10 / 1000 > 1 ? status.desiredNumberScheduled * 10 / 1000 : 1)) && status.desiredNumberScheduled - (has(status.numberAvailable) ? status.numberAvailable : 0) <= (status.desiredNumberScheduled < 2 ? 0 : (status.desiredNumberScheduled * 10 / 1000 > 1 ? status.desiredNumberScheduled * 10 / 1000 : 1))"
          kind: DaemonSet
      interval: 10m
      path: ./generated/sample/slices/\${slice}/\${class}/release
      prune: true
      retryInterval: 2m
      sourceRef:
        kind: GitRepository
        name: sample
      timeout: 5m
      wait: true
    "
  `);
});

test('a plain cdk8s workload may need more than restricted pods, so its fleet only warns', () => {
  const spec = sampleFleet({ workloads: { own: () => undefined } });
  const namespace = parse(synthFleet(spec)['new']!.files.get('frame/namespace.yaml')!) as {
    readonly metadata: { readonly labels: object };
  };
  expect(namespace.metadata.labels).toEqual({
    'app.kubernetes.io/part-of': 'sample',
    'pod-security.kubernetes.io/warn': 'restricted',
    'pod-security.kubernetes.io/warn-version': 'v1.36',
  });
});

const identity = { cluster: '0042', class: 'new', region: 'north', slice: 'p000.01' };

test('what is applied to a cluster once, from Git', () => {
  expect(bootstrapObjects(sampleFleet(), identity).map(toYaml).join('---\n')).toMatchInlineSnapshot(`
    "apiVersion: v1
    kind: ConfigMap
    metadata:
      labels:
        app.kubernetes.io/part-of: sample
        reconcile.fluxcd.io/watch: Enabled
      name: breakwater-sample
      namespace: flux-system
    data:
      class: new
      cluster: "0042"
      region: north
      slice: p000.01
    ---
    apiVersion: source.toolkit.fluxcd.io/v1
    kind: GitRepository
    metadata:
      labels:
        app.kubernetes.io/part-of: sample
      name: sample
      namespace: flux-system
    spec:
      ignore: |
        /*
        !/generated
      interval: 10m
      ref:
        branch: main
      timeout: 60s
      url: https://git.example.com/fleets.git
    ---
    apiVersion: kustomize.toolkit.fluxcd.io/v1
    kind: Kustomization
    metadata:
      labels:
        app.kubernetes.io/part-of: sample
      name: sample
      namespace: flux-system
    spec:
      deletionPolicy: Orphan
      interval: 10m
      path: ./generated/sample/slices/p000.01/new
      postBuild:
        substitute:
          quote: '"'
        substituteFrom:
          - kind: ConfigMap
            name: breakwater-sample
        substituteStrategy: Always
      prune: true
      retryInterval: 2m
      sourceRef:
        kind: GitRepository
        name: sample
      timeout: 5m
    "
  `);
});

test('what is applied once, from an OCI registry, with credentials and times of its own', () => {
  const delivery = flux({
    source: oci({ url: 'oci://registry.example.com/fleets/sample', secretRef: 'registry' }),
    interval: '1h30m',
    timeout: '3m',
    retryInterval: '1m',
  });
  const [, source, outer] = bootstrapObjects(sampleFleet({ delivery }), identity);
  expect([source, outer].map(toYaml).join('---\n')).toMatchInlineSnapshot(`
    "apiVersion: source.toolkit.fluxcd.io/v1
    kind: OCIRepository
    metadata:
      labels:
        app.kubernetes.io/part-of: sample
      name: sample
      namespace: flux-system
    spec:
      ignore: |
        /*
        !/generated
      interval: 1h30m
      ref:
        tag: latest
      secretRef:
        name: registry
      timeout: 60s
      url: oci://registry.example.com/fleets/sample
    ---
    apiVersion: kustomize.toolkit.fluxcd.io/v1
    kind: Kustomization
    metadata:
      labels:
        app.kubernetes.io/part-of: sample
      name: sample
      namespace: flux-system
    spec:
      deletionPolicy: Orphan
      interval: 1h30m
      path: ./generated/sample/slices/p000.01/new
      postBuild:
        substitute:
          quote: '"'
        substituteFrom:
          - kind: ConfigMap
            name: breakwater-sample
        substituteStrategy: Always
      prune: true
      retryInterval: 1m
      sourceRef:
        kind: OCIRepository
        name: sample
      timeout: 3m
    "
  `);
});

test('a branch and a secret of Git', () => {
  const source = git({ url: 'ssh://git@git.example.com/fleets', branch: 'live', secretRef: 'deploy-key' });
  const [, object] = bootstrapObjects(sampleFleet({ delivery: flux({ source, interval: '5m' }) }), identity);
  expect(object).toMatchObject({
    kind: 'GitRepository',
    spec: { ref: { branch: 'live' }, secretRef: { name: 'deploy-key' }, interval: '5m' },
  });
});

/** Evaluates the expression as Common Expression Language would: whole numbers divide to whole numbers. */
function healthy(offline: number, desired: number, updated: number, available: number): boolean {
  const status: Record<string, number> = { observedGeneration: 1, desiredNumberScheduled: desired };
  if (updated > 0) status['updatedNumberScheduled'] = updated;
  if (available > 0) status['numberAvailable'] = available;
  const expression = daemonSetHealth(offline)
    .replaceAll(/has\(status\.(\w+)\)/g, (_all, field: string) => String(field in status))
    .replaceAll(/status\.(\w+) \* (\d+) \/ 1000/g, (_all, field: string, share: string) =>
      String(Math.floor(((status[field] ?? 0) * Number(share)) / 1000)),
    )
    .replaceAll(/status\.(\w+)/g, (_all, field: string) => String(status[field]));
  // oxlint-disable-next-line typescript/no-implied-eval -- an expression of numbers, made above
  return new Function(`return ${expression}`)() as boolean;
}

describe('a DaemonSet is healthy when all but the declared share of devices run it', () => {
  test.each([
    [0.1, 1, 1, 1, true],
    [0.1, 1, 0, 1, false],
    [0.1, 1, 1, 0, false],
    [0.1, 5, 4, 4, true],
    [0.1, 5, 3, 5, false],
    [0.1, 5, 5, 3, false],
    [0.1, 10, 9, 9, true],
    [0.1, 19, 18, 18, true],
    [0.1, 19, 17, 18, false],
    [0.1, 20, 18, 18, true],
    [0.1, 200, 180, 180, true],
    [0.1, 200, 179, 200, false],
    [0.01, 50, 49, 49, true],
    [0.01, 50, 48, 50, false],
    [0.01, 200, 198, 198, true],
    [0, 5, 5, 5, true],
    [0, 5, 4, 5, false],
    [0.1, 0, 0, 0, true],
  ])(
    '%d offline, %d desired, %d updated, %d available: %s',
    (offline, desired, updated, available, expected) => {
      expect(healthy(offline, desired, updated, available)).toBe(expected);
    },
  );
});

test('the module of the target names no cluster, wave or clock', () => {
  const text = readFileSync(new URL('../src/synth/targets/flux.ts', import.meta.url), 'utf8');
  expect(text).not.toMatch(/Date|inventory|rollout/);
});
