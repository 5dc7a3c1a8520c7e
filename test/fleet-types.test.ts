// What does not compile. `npm run check:types` fails where an error that is expected here does not come.

import { expect, expectTypeOf, test } from 'vitest';
import {
  byClass,
  containerServer,
  csv,
  defineFleet,
  defineModel,
  flux,
  git,
  modelServer,
  type ModelSpec,
  oci,
  telemetryAgent,
  tensorflowServing,
} from '../src/index.ts';

const device = {
  arch: 'amd64',
  memory: '8Gi',
  cpu: '4',
  disk: '64Gi',
  k3s: '1.36',
  servers: 1,
  uplink: '20Mbit',
  availability: 'always-on',
  maxDevicesPerCluster: 10,
} as const;
const classes = { n100: device, 'orin-nano': { ...device, arch: 'arm64' } } as const;
const detector: ModelSpec = defineModel({
  name: 'detector',
  image: 'm@sha256:0',
  size: '7Mi',
  peakMemory: '28Mi',
});
const models = { detector };
const serving = tensorflowServing({ image: 's@sha256:0' });
const rollout = {
  salt: 'a',
  waves: [{ name: 'all', percent: 100 }],
  gate: { baseline: 0.01, detect: 0.01, alpha: 0.01, beta: 0.01, window: '10m' },
} as const;
const delivery = flux({
  source: git({ url: 'https://git.example.com/a.git', branch: 'main' }),
  interval: '10m',
});
const counts = [{ class: 'n100', region: 'north', clusters: 10, devicesPerCluster: 1 }] as const;
const rest = { name: 'a', inventory: counts, rollout, delivery } as const;

test('a fleet with every part compiles, and keeps the names of its classes and models', () => {
  const fleet = defineFleet({
    name: 'city-cameras',
    classes: {
      n100: { ...device, pull: 'shared', offline: 0.02 },
      'orin-nano': { ...device, arch: 'arm64', accelerators: { 'nvidia.com/gpu': 1 } },
    },
    inventory: csv('inventory/city-cameras.csv'),
    models,
    workloads: {
      inference: modelServer({
        model: 'detector',
        server: byClass({
          n100: serving,
          'orin-nano': containerServer({ image: 'c@sha256:0', ports: { http: 80 }, ready: '/ready' }),
        }),
        memory: '512Mi',
        cpu: byClass({ n100: '1', 'orin-nano': '2' }),
        telemetry: telemetryAgent({
          image: 't@sha256:0',
          remoteWrite: { url: 'https://metrics.example.com', secret: 'remote-write' },
          metrics: { errors: 'e', requests: 'r' },
        }),
      }),
      cache: (scope, context) => {
        expectTypeOf(context.device.arch).toEqualTypeOf<'amd64' | 'arm64' | 'arm'>();
        return scope;
      },
    },
    external: { secrets: ['remote-write'] },
    rollout,
    delivery: flux({ source: oci({ url: 'oci://registry.example.com/a' }), interval: '10m' }),
    ignore: [{ rule: 'image-digest', reason: 'images of examples have no digests' }],
  });
  expectTypeOf<keyof typeof fleet.classes>().toEqualTypeOf<'n100' | 'orin-nano'>();
  expectTypeOf<keyof NonNullable<typeof fleet.models>>().toEqualTypeOf<'detector'>();
});

test('a fleet without models compiles', () => {
  const fleet = defineFleet({ ...rest, classes: { n100: device }, workloads: { cache: () => 'made' } });
  expectTypeOf<keyof typeof fleet.classes>().toEqualTypeOf<'n100'>();
});

test('a class that is misspelt in byClass does not compile', () => {
  expect(
    defineFleet({
      ...rest,
      classes,
      models,
      workloads: {
        // @ts-expect-error -- orin-nanno
        web: modelServer({
          model: 'detector',
          server: serving,
          memory: '1Gi',
          cpu: byClass({ n100: '1', 'orin-nanno': '1' }),
        }),
      },
    }),
  ).toBeDefined();
});

test('a class that byClass lacks does not compile', () => {
  expect(
    defineFleet({
      ...rest,
      classes,
      models,
      workloads: {
        // @ts-expect-error -- orin-nano is missing
        web: modelServer({
          model: 'detector',
          server: byClass({ n100: serving }),
          memory: '1Gi',
          cpu: '1',
        }),
      },
    }),
  ).toBeDefined();
});

test('a class that byClass has too many does not compile', () => {
  expect(
    defineFleet({
      ...rest,
      classes,
      models,
      workloads: {
        // @ts-expect-error -- pi is no class
        web: modelServer({
          model: 'detector',
          server: serving,
          memory: byClass({ n100: '1Gi', 'orin-nano': '1Gi', pi: '1Gi' }),
          cpu: '1',
        }),
      },
    }),
  ).toBeDefined();
});

test('a model that is misspelt does not compile', () => {
  expect(
    defineFleet({
      ...rest,
      classes,
      models,
      workloads: {
        // @ts-expect-error -- detectr
        web: modelServer({ model: 'detectr', server: serving, memory: '1Gi', cpu: '1' }),
      },
    }),
  ).toBeDefined();
});

test('a model where there are none does not compile', () => {
  expect(
    defineFleet({
      ...rest,
      classes,
      workloads: {
        // @ts-expect-error -- no models
        web: modelServer({ model: 'detector', server: serving, memory: '1Gi', cpu: '1' }),
      },
    }),
  ).toBeDefined();
});

test('a class that is misspelt in counts does not compile', () => {
  expect(
    defineFleet({
      ...rest,
      classes,
      // @ts-expect-error -- n10
      inventory: [{ class: 'n10', region: 'north', clusters: 1, devicesPerCluster: 1 }],
      workloads: {},
    }),
  ).toBeDefined();
});

test('a property that is unknown does not compile', () => {
  expect(
    defineFleet({
      ...rest,
      // @ts-expect-error -- memroy
      classes: { n100: { ...device, memroy: '8Gi' } },
      workloads: {},
    }),
  ).toBeDefined();
  expect(
    defineFleet({
      ...rest,
      classes,
      models,
      workloads: {
        // @ts-expect-error -- cpus
        web: modelServer({ model: 'detector', server: serving, memory: '1Gi', cpu: '1', cpus: '2' }),
      },
    }),
  ).toBeDefined();
  // @ts-expect-error -- colour
  expect(defineFleet({ ...rest, classes, workloads: {}, colour: 'blue' })).toBeDefined();
  const { source } = delivery;
  // @ts-expect-error -- intervall
  expect(flux({ source, interval: '10m', intervall: '1m' })).toBeDefined();
  // @ts-expect-error -- port
  expect(containerServer({ image: 'c', port: 80, ports: { http: 80 }, ready: '/' })).toBeDefined();
});

test('a property that is missing does not compile', () => {
  const { salt: _, ...unsalted } = rollout;
  // @ts-expect-error -- salt
  expect(defineFleet({ ...rest, classes, workloads: {}, rollout: unsalted })).toBeDefined();
  // @ts-expect-error -- cpu
  expect(modelServer({ model: 'detector', server: serving, memory: '1Gi' })).toBeDefined();
});

test('a value of another type does not compile', () => {
  const n100 = { ...device, arch: 'amd46' } as const;
  // @ts-expect-error -- amd46
  expect(defineFleet({ ...rest, classes: { n100 }, workloads: {} })).toBeDefined();
  // @ts-expect-error -- a number of bytes
  expect(defineModel({ name: 'detector', image: 'm', size: 7_340_032, peakMemory: '28Mi' })).toBeDefined();
});

test('what is defined cannot be changed', () => {
  const fleet = defineFleet({ ...rest, classes, workloads: {} });
  // @ts-expect-error -- readonly
  fleet.name = 'b';
  expect(fleet.name).toBe('b');
});
