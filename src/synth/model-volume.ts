import type { ModelSpec } from '../fleet/spec.ts';
import { formatBytes, parseBytes } from '../fleet/units.ts';
import { UserError } from '../errors.ts';
import { type Container, guaranteed, RESTRICTED_CONTAINER, type Volume } from './pod.ts';
import { MODELS } from './server-container.ts';

const MIB = 2 ** 20;

/**
 * First minor whose kubelet mounts image volumes without a feature gate.
 * @see https://kubernetes.io/docs/tasks/configure-pod-container/image-volumes/
 */
const FIRST_WITH_IMAGE_VOLUMES = 35;

/** Whether a minor of K3s such as `1.36` mounts OCI images as volumes. */
export const hasImageVolumes = (k3s: string): boolean =>
  Number(k3s.slice(k3s.indexOf('.') + 1)) >= FIRST_WITH_IMAGE_VOLUMES;

/** How a model reaches the server. */
export interface ModelDelivery {
  readonly volume: Volume;
  /** Runs before the server, where the model has to be copied. */
  readonly copier: Container | undefined;
  /** Bytes that the model takes of the pod's ephemeral storage. */
  readonly ephemeralBytes: number;
}

/** What a copy of the model takes: files are rounded up to blocks, folders take some too. In bytes. */
const copiedBytes = (size: number): number => (Math.ceil((size * 1.1) / MIB) + 1) * MIB;

/**
 * Bring a model to `/models/<name>/<version>/…`: its image mounted as a volume where K3s can (no copy, and the next
 * pod finds it on the device), else copied into an emptyDir from the copier image, which holds the same files below `/`.
 *
 * @throws UserError `FLEET_SYNTH` where a copier is needed and none is declared
 */
export function deliverModel(
  model: ModelSpec,
  k3s: string,
  copier: string | undefined,
  place: string,
): ModelDelivery {
  if (hasImageVolumes(k3s)) {
    return {
      volume: { name: 'model', image: { reference: model.image, pullPolicy: 'IfNotPresent' } },
      copier: undefined,
      ephemeralBytes: 0,
    };
  }
  if (copier === undefined) {
    throw new UserError(
      'FLEET_SYNTH',
      `${place} runs K3s ${k3s}, which cannot mount the image of model "${model.name}", and no copier is declared`,
      'set copier to an image that holds the model and cp, or upgrade K3s to 1.35 or later',
    );
  }
  const bytes = copiedBytes(parseBytes(model.size));
  return {
    volume: { name: 'model', emptyDir: { sizeLimit: formatBytes(bytes) } },
    copier: {
      name: 'model',
      image: copier,
      imagePullPolicy: 'IfNotPresent',
      // -f: after a restart of the device the files are there already, read-only.
      command: ['cp', '-R', '-f', `/${model.name}`, `${MODELS}/`],
      resources: guaranteed('64Mi', '100m', formatBytes(bytes + 16 * MIB)),
      securityContext: RESTRICTED_CONTAINER,
      volumeMounts: [{ name: 'model', mountPath: MODELS }],
    },
    ephemeralBytes: bytes,
  };
}
