import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { podTakes } from '../src/check/pod-resources.ts';

type Kind = 'app' | 'init' | 'sidecar';
const container = fc.record({
  kind: fc.constantFrom<Kind>('app', 'init', 'sidecar'),
  mi: fc.integer({ min: 0, max: 500 }),
});

/** The largest sum at any moment of a pod's life, told step by step: what the formula stands for. */
function bySteps(containers: readonly { kind: Kind; mi: number }[]): number {
  let sidecars = 0;
  let most = 0;
  for (const { kind, mi } of containers) {
    if (kind === 'app') continue;
    if (kind === 'sidecar') sidecars += mi;
    most = Math.max(most, sidecars + (kind === 'init' ? mi : 0));
  }
  const apps = containers.filter(({ kind }) => kind === 'app').reduce((sum, { mi }) => sum + mi, 0);
  return Math.max(most, sidecars + apps);
}

test('a pod takes the most that runs at any moment of its life', () => {
  fc.assert(
    fc.property(fc.array(container, { maxLength: 8 }), (containers) => {
      const specs = containers.map(({ kind, mi }) => ({
        kind,
        resources: { requests: { memory: `${mi}Mi` } },
        ...(kind === 'sidecar' ? { restartPolicy: 'Always' } : {}),
      }));
      const spec = {
        initContainers: specs.filter(({ kind }) => kind !== 'app'),
        containers: specs.filter(({ kind }) => kind === 'app'),
      };
      expect(podTakes(spec, 'memory', 'requests')).toBe(BigInt(bySteps(containers)) * 2n ** 20n * 10n ** 9n);
    }),
  );
});

const one = (resources: unknown, more: object = {}): Parameters<typeof podTakes>[0] => ({
  containers: [{ resources }],
  ...more,
});
const units = (spec: Parameters<typeof podTakes>[0], of: 'requests' | 'limits' = 'requests'): number =>
  Number(podTakes(spec, 'cpu', of)) / 1e9;

test('a missing request is the limit, a missing limit is counted with the request', () => {
  expect(units(one({ limits: { cpu: '2' } }))).toBe(2);
  expect(units(one({ requests: { cpu: '1' } }), 'limits')).toBe(1);
  expect(units(one(undefined))).toBe(0);
});

test('the overhead of the runtime class is added, values of the pod itself stand for the sum', () => {
  expect(units(one({ requests: { cpu: '1' } }, { overhead: { cpu: '250m' } }))).toBe(1.25);
  expect(units(one({ requests: { cpu: '1' } }, { resources: { requests: { cpu: '3' } } }))).toBe(3);
});

test('a quantity that is none counts as nothing here', () => {
  expect(units(one({ requests: { cpu: 'many' } }))).toBe(0);
});
