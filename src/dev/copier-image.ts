// Writes an OCI layout of a copier's image: a static cp, and the layer of a model's image, whose files an init container
// copies where K3s mounts no images. `node dist/dev/copier-image.js --model .breakwater/models/NAME --out DIR`.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { assembleImage, blobOf, layerOf } from '../model/package/image.ts';
import { blobPath, storeImage } from '../model/store.ts';
import { copyProgram } from './server-image/debian.ts';
import { PLATFORMS } from './server-image/platform.ts';

interface Manifest {
  readonly layers: readonly { readonly mediaType: string; readonly digest: string }[];
}
interface Index {
  readonly manifests: readonly { readonly digest: string }[];
}

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    model: { type: 'string' },
    arch: { type: 'string', default: 'amd64,arm64' },
  },
});
const { out, model: root } = values;
if (out === undefined || root === undefined) throw new Error('name folders: --model LAYOUT --out DIR');

const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const [entry] = (json(join(root, 'index.json')) as Index).manifests;
const [first] = (json(blobPath(root, entry!.digest)) as Index).manifests;
const { layers } = json(blobPath(root, first!.digest)) as Manifest;
// Ours are uncompressed: the digest of a layer is that of its archive.
const modelLayers = layers.map(({ mediaType, digest }) => ({
  blob: blobOf(mediaType, readFileSync(blobPath(root, digest))),
  diffId: digest,
}));

const image = assembleImage(
  PLATFORMS.filter(({ arch }) => values.arch.split(',').includes(arch)).map((platform) => ({
    platform: { architecture: platform.arch },
    layers: [layerOf(copyProgram(platform).files), ...modelLayers],
    config: { User: '65532:65532', Env: ['PATH=/bin'], WorkingDir: '/' },
  })),
  { 'org.opencontainers.image.title': 'model to copy' },
);
storeImage(out, image);
process.stdout.write(`${image.index.digest}\n`);
