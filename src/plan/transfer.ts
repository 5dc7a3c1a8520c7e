import type { ImageLock } from '../fleet/image-lock.ts';
import type { ClassSpec } from '../fleet/spec.ts';
import { parseBitRate } from '../fleet/units.ts';
import type { Count } from './plan.ts';

/** What one device of a class pulls for a release. */
export interface DevicePull {
  /** Compressed bytes of the images whose size is known. */
  readonly bytes: number;
  /** Images whose size is not known: `bytes` is a lower bound then. */
  readonly unknown: readonly string[];
}

/**
 * Add up the images that a device pulls, each once. As if none of their layers were there already, and without
 * what a registry's protocol adds.
 *
 * @param images references with digest
 * @param sizes compressed bytes by reference, for images that the lock does not know, such as declared models
 */
export function pullOf(
  images: Iterable<string>,
  { arch }: Pick<ClassSpec, 'arch'>,
  lock: ImageLock | undefined,
  sizes: ReadonlyMap<string, number> = new Map(),
): DevicePull {
  let bytes = 0;
  const unknown: string[] = [];
  for (const image of new Set(images)) {
    const size = lockedBytes(image, arch, lock) ?? sizes.get(image);
    if (size === undefined) unknown.push(image);
    else bytes += size;
  }
  return { bytes, unknown };
}

function lockedBytes(image: string, arch: string, lock: ImageLock | undefined): number | undefined {
  const byPlatform = lock?.[image]?.bytes ?? {};
  const platform = Object.keys(byPlatform).find(
    (key) => key === `linux/${arch}` || key.startsWith(`linux/${arch}/`),
  );
  return platform === undefined ? undefined : byPlatform[platform];
}

/** What a release costs the uplinks of one class's clusters. */
export interface Transfer {
  /** Over all uplinks together. */
  readonly bytes: number;
  /** Over the uplink of the largest cluster that the class allows, in hours, with nothing else on it. */
  readonly slowestHours: number;
}

/**
 * What the uplinks carry: one pull for each cluster with `pull: 'shared'`, for each device without.
 *
 * @param bytesPerPull compressed
 * @param count clusters and devices that pull; expectations give expectations
 */
export function transferOf(
  bytesPerPull: number,
  spec: Pick<ClassSpec, 'pull' | 'uplink' | 'maxDevicesPerCluster'>,
  count: Count,
): Transfer {
  const shared = spec.pull === 'shared';
  const pulls = shared ? count.clusters : count.devices;
  const mostPulls = shared ? 1 : spec.maxDevicesPerCluster;
  return {
    bytes: Math.round(bytesPerPull * pulls),
    slowestHours: pulls === 0 ? 0 : (bytesPerPull * mostPulls * 8) / parseBitRate(spec.uplink) / 3600,
  };
}
