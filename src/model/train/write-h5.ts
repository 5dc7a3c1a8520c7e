// Writes a network as Keras' legacy .h5, which every version of Keras reads.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { File as H5File, ready, type Group } from 'h5wasm/node';
import { kerasJson } from './keras-json.ts';
import type { Network } from './network.ts';

/** The form of the architecture is of both versions; which of the two wrote a layer's configuration, its input tells. */
const versionOf = ({ layers }: Network): string =>
  layers.some(({ config }) => 'batch_shape' in config) ? '3.0.0' : '2.15.0';

/** The bytes of a `.h5` with architecture and weights: the same network, the same bytes. */
export async function writeKerasH5(network: Network): Promise<Uint8Array> {
  await ready;
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-h5-'));
  try {
    const path = join(folder, 'model.h5');
    const from = seconds();
    // The oldest form, since the headers of later ones hold times under checksums.
    const file = new H5File(path, 'w', { libver: ['earliest', 'latest'] });
    try {
      fill(file, network);
    } finally {
      file.close();
    }
    return withoutTimes(readFileSync(path), from, seconds());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const seconds = (): number => Math.floor(Date.now() / 1000);

function fill(file: H5File, network: Network): void {
  const describe = (group: Group | H5File): void => {
    group.create_attribute('keras_version', versionOf(network));
    group.create_attribute('backend', 'tensorflow');
  };
  file.create_attribute('model_config', JSON.stringify(kerasJson(network)));
  describe(file);
  const root = file.create_group('model_weights');
  describe(root);
  root.create_attribute(
    'layer_names',
    network.layers.map(({ name }) => name),
  );
  for (const { name, weights } of network.layers) {
    const group = root.create_group(name);
    const names = Object.keys(weights).map((short) => `${name}/${short}`);
    // An attribute must have a value: of a layer without weights Keras asks for none.
    if (names.length === 0) continue;
    group.create_attribute('weight_names', names);
    const inner = group.create_group(name);
    for (const [short, { shape, values }] of Object.entries(weights))
      inner.create_dataset({ name: short, data: values, shape: [...shape], dtype: '<f' });
  }
}

/**
 * Take out the time at which each dataset was made, which the library has no switch for: the header message of type 0x12 with
 * 8 bytes, version 1, then seconds.
 * @see https://docs.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
 */
function withoutTimes(bytes: Buffer, from: number, to: number): Uint8Array {
  const head = Buffer.from([0x12, 0, 8, 0]);
  for (let at = bytes.indexOf(head); at >= 0; at = bytes.indexOf(head, at + 1)) {
    if (at + 16 > bytes.length || bytes.readUInt32LE(at + 8) !== 1) continue;
    const time = bytes.readUInt32LE(at + 12);
    if (time >= from && time <= to) bytes.writeUInt32LE(0, at + 12);
  }
  return new Uint8Array(bytes);
}
