// Pods at random, reproducible by seed, for asking the scheduler what it makes of them.

import * as fc from 'fast-check';
import { inBytes, inMillicores, podTakes } from '../../src/check/pod-resources.ts';

const RESOURCES = ['cpu', 'memory', 'ephemeral-storage'] as const;
type Resource = (typeof RESOURCES)[number];

type Fields = Readonly<Record<string, unknown>>;

/** One container's amounts, in the many ways in which quantities are written. */
const amounts = fc.record(
  {
    cpu: fc.constantFrom('100m', '0.25', '1', '1.5', '333m', '1e-1'),
    memory: fc.constantFrom('64Mi', '100M', '0.1Gi', '1e8', '123456789', '77Ki', '1500k'),
    'ephemeral-storage': fc.constantFrom('10Mi', '10M', '1.5Gi'),
  },
  { requiredKeys: [] },
);

/** Limits without requests count as requests. */
const container = (name: string, more: Fields = {}) =>
  fc
    .tuple(amounts, fc.constantFrom('limits', 'requests'))
    .map(([given, as]): Fields =>
      Object.assign({ name, image: 'registry.example.com/x:1', resources: { [as]: given } }, more),
    );

const containers = (prefix: string, count: number, more: readonly Fields[] = []) =>
  fc.tuple(...Array.from({ length: count }, (_, index) => container(`${prefix}${index}`, more[index])));

const podSpec = fc.record(
  {
    containers: fc.integer({ min: 1, max: 3 }).chain((count) => containers('c', count)),
    initContainers: fc
      .array(fc.constantFrom<Fields>({}, { restartPolicy: 'Always' }), { maxLength: 3 })
      .chain((kinds) => containers('i', kinds.length, kinds)),
    // At the pod's own level, not less than its containers'.
    resources: fc.constant({ requests: { cpu: '20', memory: '20Gi' } }),
  },
  { requiredKeys: ['containers'] },
);

/** Pods, and a device that just holds them, or lacks one unit of one resource. */
export interface Crowd {
  readonly pods: readonly Fields[];
  readonly size: Readonly<Record<Resource, string>>;
  /** What our arithmetic says. */
  readonly fits: boolean;
}

const crowd = fc
  .record({
    pods: fc.array(podSpec, { minLength: 1, maxLength: 4 }),
    lacking: fc.constantFrom(undefined, undefined, undefined, ...RESOURCES),
    spare: fc.nat({ max: 1 }),
  })
  .map(({ pods, lacking, spare }): Crowd => {
    const units = (resource: Resource): number =>
      pods
        .map((spec) => podTakes(spec, resource, 'requests'))
        .reduce((sum, nano) => sum + (resource === 'cpu' ? inMillicores(nano) : inBytes(nano)), 0);
    const held = (resource: Resource): string => {
      const count = Math.max(0, units(resource) + (resource === lacking ? -1 : spare));
      return resource === 'cpu' ? `${count}m` : String(count);
    };
    return {
      pods,
      size: { cpu: held('cpu'), memory: held('memory'), 'ephemeral-storage': held('ephemeral-storage') },
      fits: lacking === undefined || units(lacking) === 0,
    };
  });

/** So many crowds, the same for the same seed. */
export const crowds = (numRuns: number, seed: number): readonly Crowd[] =>
  fc.sample(crowd, { numRuns, seed });
