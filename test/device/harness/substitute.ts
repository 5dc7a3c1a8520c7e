// What of a generated release is other here than on the fleet's devices, and why. Nothing else is.

import type { KubeObject } from '../../../src/synth/manifests.ts';
import { objectsOfPods, type PodSpec } from './pods.ts';

export interface Substitute {
  /** Without digest. */
  readonly repository: string;
  /** The image that runs instead. */
  readonly image: string;
  readonly why: string;
}

/**
 * A release's objects with other images.
 * @param onlyOn label that nodes of the class carry: here one cluster plays all classes, each with a device of its own
 * @throws Error for an image that is neither substituted nor named in `had`
 */
export function substitute(
  objects: readonly KubeObject[],
  substitutes: readonly Substitute[],
  had: readonly string[],
  onlyOn: Readonly<Record<string, string>>,
): readonly KubeObject[] {
  const imageFor = (image: string): string => {
    const found = substitutes.find(({ repository }) => image.startsWith(`${repository}@`));
    if (found) return found.image;
    if (had.includes(image)) return image;
    throw new Error(`there is no ${image}`);
  };
  const changed = structuredClone(objects) as KubeObject[];
  for (const pod of objectsOfPods(changed)) {
    const spec = pod as { -readonly [K in keyof PodSpec]: PodSpec[K] };
    spec.nodeSelector = { ...spec.nodeSelector, ...onlyOn };
    for (const container of [...spec.containers, ...(spec.initContainers ?? [])])
      (container as { image: string }).image = imageFor(container.image);
    for (const { image } of spec.volumes ?? [])
      if (image) (image as { reference: string }).reference = imageFor(image.reference);
  }
  return changed;
}
