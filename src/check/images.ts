import { asList, asRecord, asText, step, within } from './json.ts';
import { containersOf, nameOf, type PodTemplate } from './pods.ts';

/** An image that a pod names. */
export interface NamedImage {
  readonly image: string;
  /** What runs or mounts it: `container "server"`, `volume "model"`. */
  readonly what: string;
  /** Pointer into the object. */
  readonly path: string;
}

/** Images of containers, and those that volumes mount, in that order. An empty name where none is given. */
export const imagesOf = (pod: PodTemplate): readonly NamedImage[] => [
  ...containersOf(pod).map((container) => ({
    what: nameOf(container),
    path: `${container.path}/image`,
    image: asText(container.spec['image']) ?? '',
  })),
  ...asList(pod.spec['volumes']).flatMap((volume, index) => {
    if (within(volume, 'image') === undefined) return [];
    return [
      {
        what: `volume "${asText(asRecord(volume)['name']) ?? `#${index}`}"`,
        path: `${pod.path}/spec/volumes${step(index)}/image/reference`,
        image: asText(within(volume, 'image', 'reference')) ?? '',
      },
    ];
  }),
];
