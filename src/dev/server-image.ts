// Writes an OCI layout of the model server's image: Node from npm, the C library of this machine's distribution, the
// verb `model serve` in one file and LiteRT's WebAssembly. `node dist/dev/server-image.js --out DIR [--arch amd64,arm64]`.
// Layers are uncompressed, so that the bytes depend on nothing but what is in them.

import { parseArgs } from 'node:util';
import { assembleImage, layerOf, type ModelImage } from '../model/package/image.ts';
import { storeImage } from '../model/store.ts';
import { bundleFiles, ENTRY } from './server-image/bundle.ts';
import { libraryFiles } from './server-image/debian.ts';
import { NODE, NODE_FLAGS, NODE_VERSION, nodeFiles } from './server-image/node-binary.ts';
import { PLATFORMS } from './server-image/platform.ts';

/** Anyone but root; no such user has to exist. */
const USER = '65532:65532';

/** The image for some architectures. Needs npm and apt once for each. */
export async function buildServerImage(arches: readonly string[]): Promise<ModelImage> {
  const app = layerOf(await bundleFiles());
  const contents = new Set([`node=${NODE_VERSION}`]);
  const platforms = PLATFORMS.filter(({ arch }) => arches.includes(arch)).map((platform) => {
    const { files, versions } = libraryFiles(platform);
    for (const version of versions) contents.add(version);
    return {
      platform: { architecture: platform.arch },
      layers: [layerOf(files), layerOf(nodeFiles(platform)), app],
      config: { User: USER, Entrypoint: [NODE, ...NODE_FLAGS, ENTRY], WorkingDir: '/' },
    };
  });
  return assembleImage(platforms, {
    'org.opencontainers.image.title': 'breakwater model server',
    'io.breakwater.contents': [...contents].toSorted().join(' '),
  });
}

const { values } = parseArgs({
  options: { out: { type: 'string' }, arch: { type: 'string', default: 'amd64,arm64' } },
});
if (values.out === undefined) throw new Error('name a folder: --out DIR');
const image = await buildServerImage(values.arch.split(','));
storeImage(values.out, image);
process.stdout.write(`${image.index.digest}\n`);
