import { UserError } from '../errors.ts';
import { parseQuantity } from '../fleet/units.ts';
import { asQuantity, asRecord, type Json } from './json.ts';
import { containersOf, type Container } from './pods.ts';

/**
 * What a pod takes of one resource, in billionths of its unit, as the scheduler counts it: the larger of what all
 * containers and sidecars take together, and of what each init container takes beside the sidecars started before it;
 * plus the overhead of its runtime class. Requests that are missing default to limits; values at the pod's own level
 * stand for the sum.
 *
 * @param of `requests` for what is reserved, `limits` for the most it may take; a container without a limit counts
 * with its request
 * @see https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
 */
export function podTakes(spec: Json, resource: string, of: 'requests' | 'limits'): bigint {
  const own = quantityIn(spec['resources'], of, resource);
  return (own ?? sumOfContainers(spec, resource, of)) + nanoOf(asRecord(spec['overhead'])[resource]);
}

function sumOfContainers(spec: Json, resource: string, of: 'requests' | 'limits'): bigint {
  let running = 0n;
  let most = 0n;
  for (const container of containersOf({ path: '', spec })) {
    const amount = containerTakes(container, resource, of);
    if (container.role === 'init') {
      if (running + amount > most) most = running + amount;
    } else running += amount;
  }
  return running > most ? running : most;
}

function containerTakes({ spec }: Container, resource: string, of: 'requests' | 'limits'): bigint {
  const { resources } = spec;
  const other = of === 'requests' ? 'limits' : 'requests';
  return quantityIn(resources, of, resource) ?? quantityIn(resources, other, resource) ?? 0n;
}

function quantityIn(resources: unknown, of: string, resource: string): bigint | undefined {
  const value = asRecord(asRecord(resources)[of])[resource];
  return value === undefined ? undefined : nanoOf(value);
}

/** A quantity in billionths; what is none counts as nothing: the schema refuses it elsewhere. */
function nanoOf(value: unknown): bigint {
  const text = asQuantity(value);
  if (text === undefined) return 0n;
  try {
    return parseQuantity(text);
  } catch (error) {
    if (error instanceof UserError) return 0n;
    throw error;
  }
}

/** Billionths in whole units, rounded up. */
export const inBytes = (nano: bigint): number => Number((nano + 999_999_999n) / 1_000_000_000n);

/** Billionths in thousandths, rounded up. */
export const inMillicores = (nano: bigint): number => Number((nano + 999_999n) / 1_000_000n);

/** All resources that a pod names, such as `nvidia.com/gpu`. */
export const resourcesNamed = (spec: Json): readonly string[] => [
  ...new Set(
    containersOf({ path: '', spec }).flatMap((container) => {
      const { requests, limits } = asRecord(container.spec['resources']);
      return Object.keys(asRecord(requests)).concat(Object.keys(asRecord(limits)));
    }),
  ),
];
