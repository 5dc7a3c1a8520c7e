import * as fc from 'fast-check';
import { ApiObject } from 'cdk8s';
import { expect, test } from 'vitest';
import type { FluxDelivery, FleetSpec, ModelServerSpec } from '../src/fleet/spec.ts';
import { releaseId, synthFleet } from '../src/synth/index.ts';
import type { KubeObject, Release } from '../src/synth/manifests.ts';
import { image, sampleFleet } from './support/sample-fleet.ts';

const inference = sampleFleet().workloads['inference'] as ModelServerSpec;
const withInference = (change: Partial<ModelServerSpec>): FleetSpec =>
  sampleFleet({ workloads: { inference: { ...inference, ...change } } });

const release = (spec: FleetSpec, className = 'new'): Release => synthFleet(spec)[className]!;

/** Pod templates by the file that holds them. */
const templates = ({ objects }: Release): readonly unknown[] =>
  objects
    .map(({ object }) => (object['spec'] as { readonly template?: unknown } | undefined)?.template)
    .filter((template) => template !== undefined);

const allObjects = (spec: FleetSpec): readonly KubeObject[] =>
  Object.values(synthFleet(spec)).flatMap(({ objects }) => objects.map(({ object }) => object));

test('a release is laid out as one object for each file, with an index in each folder', () => {
  const names = [...release(sampleFleet()).files.keys()].map((name) =>
    name.replaceAll(/c[0-9a-f]{12}/g, 'c…'),
  );
  expect(names).toMatchInlineSnapshot(`
    [
      "config/inference-c…/configmap-inference-server-c….yaml",
      "config/inference-c…/configmap-inference-telemetry-c….yaml",
      "config/inference-c…/kustomization.yaml",
      "config/kustomization.yaml",
      "frame/identity.yaml",
      "frame/kustomization.yaml",
      "frame/namespace.yaml",
      "frame/release.yaml",
      "objects/daemonset-inference.yaml",
      "objects/kustomization.yaml",
      "objects/networkpolicy-inference.yaml",
      "objects/priorityclass-sample-inference.yaml",
      "objects/service-inference.yaml",
      "objects/serviceaccount-inference.yaml",
      "release.json",
    ]
  `);
});

test('a release is named by its files, which come in byte order', () => {
  const { id, files } = release(sampleFleet());
  expect(id).toBe(releaseId(files));
  const names = [...files.keys()];
  expect(names).toEqual(names.toSorted());
});

test('release.json tells the version of each workload', () => {
  const { files, versions } = release(sampleFleet());
  expect(JSON.parse(files.get('release.json')!)).toEqual({ versions });
  expect(Object.keys(versions)).toEqual(['inference']);
  expect(versions['inference']).toMatch(/^v[0-9a-f]{12}$/);
});

test('every file is listed in the index of its folder', () => {
  const { files } = release(sampleFleet());
  for (const name of files.keys()) {
    if (name === 'release.json' || name.endsWith('kustomization.yaml')) continue;
    const slash = name.lastIndexOf('/');
    expect(files.get(`${name.slice(0, slash)}/kustomization.yaml`)).toContain(`- ${name.slice(slash + 1)}\n`);
  }
});

test('synth twice gives the same bytes', () => {
  const [once, twice] = [release(sampleFleet()), release(sampleFleet())];
  expect([...once.files]).toEqual([...twice.files]);
});

test('the order in which a definition names things changes nothing', () => {
  const reversed = (value: unknown): unknown =>
    typeof value !== 'object' || value === null || Array.isArray(value)
      ? value
      : Object.fromEntries(
          Object.entries(value)
            .toReversed()
            .map(([key, item]) => [key, reversed(item)]),
        );
  expect([...release(reversed(sampleFleet()) as FleetSpec).files]).toEqual([...release(sampleFleet()).files]);
});

test('nothing in a release depends on the inventory or the rollout', () => {
  fc.assert(
    fc.property(
      fc.record({
        clusters: fc.integer({ min: 0, max: 100_000 }),
        devicesPerCluster: fc.integer({ min: 1, max: 20 }),
        salt: fc.string({ minLength: 1 }),
        percent: fc.constantFrom(0.01, 1, 10),
      }),
      ({ clusters, devicesPerCluster, salt, percent }) => {
        const base = sampleFleet();
        const edited = sampleFleet({
          inventory: [{ class: 'new', region: 'west', clusters, devicesPerCluster }],
          rollout: {
            ...base.rollout,
            salt,
            waves: [{ name: 'first', percent, soak: '3h' }, base.rollout.waves[1]!],
          },
        });
        expect(release(edited).id).toBe(release(base).id);
      },
    ),
    { numRuns: 10 },
  );
});

test.each<[string, FleetSpec]>([
  [
    'how long Flux waits',
    sampleFleet({
      delivery: { ...(sampleFleet().delivery as FluxDelivery), timeout: '9m', retryInterval: '1m' },
    }),
  ],
  [
    'the share of devices expected offline, so health and update strategy',
    sampleFleet({
      classes: Object.fromEntries(
        Object.entries(sampleFleet().classes).map(([name, device]) => [name, { ...device, offline: 0.3 }]),
      ),
    }),
  ],
  [
    'another workload',
    sampleFleet({
      workloads: {
        inference,
        other: (scope, { configMap }) =>
          new ApiObject(scope, 'x', {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            metadata: { name: 'other' },
            spec: { template: { spec: { containers: [{ name: configMap('c', { a: 'b' }) }] } } },
          }),
      },
    }),
  ],
])('a release that changes only %s restarts no inference', (_what, changed) => {
  const [before, after] = [release(sampleFleet()), release(changed)];
  expect(after.id).not.toBe(before.id);
  expect(after.versions['inference']).toBe(before.versions['inference']);
  expect(templates(after)).toEqual(expect.arrayContaining([...templates(before)]));
  for (const folder of before.configs) expect(after.configs).toContain(folder);
});

test.each<[string, Partial<ModelServerSpec>]>([
  ['memory', { memory: '600Mi' }],
  ['the image', { server: { kind: 'tensorflow-serving', image: image('serving', '9') } }],
  ['what telemetry keeps', { telemetry: { ...inference.telemetry!, scrapeInterval: '15s' } }],
])('a change of %s is a new version', (_what, change) => {
  const [before, after] = [release(sampleFleet()), release(withInference(change))];
  expect(after.versions['inference']).not.toBe(before.versions['inference']);
});

test('a change of config gives new ConfigMaps, and leaves the old ones to pods that still run', () => {
  const before = release(sampleFleet());
  const after = release(withInference({ telemetry: { ...inference.telemetry!, scrapeInterval: '15s' } }));
  expect(after.configs).toHaveLength(1);
  expect(after.configs).not.toEqual(before.configs);
});

test('pods carry the version, and are not selected by it', () => {
  const { objects, versions } = release(sampleFleet());
  const set = objects.find(({ object }) => object.kind === 'DaemonSet')!.object as unknown as {
    readonly spec: {
      readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
      readonly template: { readonly metadata: { readonly labels: Readonly<Record<string, string>> } };
    };
  };
  const { 'breakwater.dev/version': version, ...stable } = set.spec.template.metadata.labels;
  expect(version).toBe(versions['inference']);
  expect(set.spec.selector.matchLabels).toEqual(stable);
});

test('names and selectors are the same on every class and do not follow from construct paths', () => {
  const shape = (className: string): readonly string[] =>
    release(sampleFleet(), className).objects.map(({ object: { kind, metadata, spec } }) =>
      JSON.stringify([
        kind,
        metadata.name.replace(/c[0-9a-f]{12}$/, ''),
        (spec as { selector?: unknown } | undefined)?.selector,
      ]),
    );
  expect(shape('new')).toEqual(shape('old'));
  expect(shape('new').join('\n')).not.toMatch(/cdk8s|server-c[0-9a-f]{7}/);
});

test('no object but the frame has variables, whatever a definition holds', () => {
  const server: ModelServerSpec['server'] = {
    kind: 'container',
    image: image('server'),
    args: ['--rate=${RATE}', '$$HOME', '$(POD)', '"${x}"'],
    env: { PRICE: '$5 ${FIVE}' },
    ports: { http: 8080 },
    ready: '/ready',
  };
  const { files } = release(withInference({ server }));
  const text = files.get('objects/daemonset-inference.yaml')!;
  for (const arg of ['--rate=${RATE}', '$$HOME', '$(POD)', '${x}', '$5 ${FIVE}']) expect(text).toContain(arg);
  const framed = [...files].filter(([file]) => file.startsWith('frame/')).map(([, content]) => content);
  expect(framed.join('').replaceAll(/\$\{(quote|cluster|class|slice|region)\}/g, '')).not.toContain('$');
});

test('the objects of a release can be applied: names, namespaces and labels are valid, and references resolve', () => {
  const clusterScoped = new Set(['Namespace', 'PriorityClass']);
  for (const object of allObjects(sampleFleet())) {
    const { name, namespace, labels = {} } = object.metadata;
    expect(name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
    expect(namespace === undefined).toBe(clusterScoped.has(object.kind));
    for (const value of Object.values(labels))
      expect(value).toMatch(/^([a-zA-Z0-9]([-_.a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)?$/);
  }
});
