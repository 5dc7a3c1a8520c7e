// OCI images of models: real images with `rootfs.diff_ids`, since containerd mounts no artifacts as image volumes.
// Source: the OCI image specification; containerd#11907.

import { createHash } from 'node:crypto';
import { packTar, type TarFile } from './tar.ts';

export interface Blob {
  readonly mediaType: string;
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  readonly content: Uint8Array;
}

export interface ModelImage {
  /** The index: what a reference by digest names. */
  readonly index: Blob;
  /** Manifests of each platform, in the index's order. */
  readonly manifests: readonly Blob[];
  /** Configurations and layers. */
  readonly blobs: readonly Blob[];
}

/** A model is the same on every architecture, but containerd pulls only what names the node's own. */
const ARCHITECTURES = [
  { architecture: 'amd64' },
  { architecture: 'arm', variant: 'v7' },
  { architecture: 'arm64' },
] as const;

/** Architectures that a model's image is for. */
export const MODEL_ARCHITECTURES: readonly string[] = ARCHITECTURES.map(({ architecture }) => architecture);

const LAYER = 'application/vnd.oci.image.layer.v1.tar';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

/** A blob and its digest. */
export function blobOf(mediaType: string, content: Uint8Array | string): Blob {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return { mediaType, content: bytes, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
}

const descriptor = ({ mediaType, digest, content }: Blob): object => ({
  mediaType,
  digest,
  size: content.byteLength,
});

/** An image of one platform. */
export interface PlatformImage {
  readonly platform: { readonly architecture: string; readonly variant?: string };
  readonly layers: readonly Layer[];
  /** How it runs: `User`, `Entrypoint` and what else the OCI image configuration has. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** A layer as it is stored, and the digest of the tar archive that it is. */
export interface Layer {
  readonly blob: Blob;
  readonly diffId: string;
  /** Of its place in the manifest. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Files as an uncompressed layer. */
export function layerOf(files: readonly TarFile[]): Layer {
  const blob = blobOf(LAYER, packTar(files));
  return { blob, diffId: blob.digest };
}

/**
 * What the ModelPack specification says of a layer that holds a model: which file it is, and its metadata.
 * @see https://github.com/modelpack/model-spec/blob/main/docs/annotations.md
 */
const modelPackAnnotations = ({ path, content }: TarFile): Readonly<Record<string, string>> => ({
  'org.cncf.model.filepath': path,
  'org.cncf.model.file.metadata+json': JSON.stringify({
    name: path,
    mode: FILE_MODE,
    uid: 0,
    gid: 0,
    size: content.byteLength,
    mtime: EPOCH,
    typeflag: REGULAR,
  }),
});

const EPOCH = '1970-01-01T00:00:00Z';
const FILE_MODE = 0o444;
/** The character 0, as tar marks a plain file. */
const REGULAR = 48;

/**
 * An image that holds files below `/`, for every architecture, in one uncompressed layer: weights hardly compress, and
 * compressed bytes differ between versions of zlib. Same files and annotations, same digest, everywhere.
 *
 * @param files the model's first
 * @param annotations of the manifests
 */
export function buildImage(
  files: readonly TarFile[],
  annotations: Readonly<Record<string, string>>,
): ModelImage {
  const [model] = files;
  const layers = [{ ...layerOf(files), ...(model && { annotations: modelPackAnnotations(model) }) }];
  return assembleImage(
    ARCHITECTURES.map((platform) => ({ platform, layers })),
    annotations,
  );
}

/** Put the images of several platforms under one index. */
export function assembleImage(
  platforms: readonly PlatformImage[],
  annotations: Readonly<Record<string, string>>,
): ModelImage {
  const configs: Blob[] = [];
  const manifests = platforms.map(({ platform, layers, config: running = {} }) => {
    const config = blobOf(
      CONFIG,
      JSON.stringify({
        created: EPOCH,
        ...platform,
        os: 'linux',
        config: running,
        rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
      }),
    );
    configs.push(config);
    return blobOf(
      MANIFEST,
      JSON.stringify({
        schemaVersion: 2,
        mediaType: MANIFEST,
        config: descriptor(config),
        layers: layers.map(({ blob, annotations: of }) =>
          Object.assign(descriptor(blob), of === undefined ? {} : { annotations: of }),
        ),
        annotations,
      }),
    );
  });
  const index = blobOf(
    INDEX,
    JSON.stringify({
      schemaVersion: 2,
      mediaType: INDEX,
      manifests: manifests.map((manifest, position) =>
        Object.assign(descriptor(manifest), { platform: { os: 'linux', ...platforms[position]!.platform } }),
      ),
    }),
  );
  const layers = new Set(platforms.flatMap((one) => one.layers.map(({ blob }) => blob)));
  return { index, manifests, blobs: [...configs, ...layers] };
}
