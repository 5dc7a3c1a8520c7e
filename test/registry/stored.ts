import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { buildImage } from '../../src/model/package/image.ts';
import { readStoredImage, type StoredImage } from '../../src/model/registry/stored-image.ts';
import { storeImage } from '../../src/model/store.ts';

/** An image of a model of so many bytes, in a layout on disk, for the tests of a file. */
export function storedImage(bytes = 20): StoredImage {
  const root = mkdtempSync(join(tmpdir(), 'breakwater-layout-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const content = Buffer.alloc(bytes, 'weights ');
  const image = buildImage([{ path: 'digits/1/model.tflite', content }], {});
  storeImage(root, image);
  return readStoredImage(root, image.index.digest, '.breakwater/models/digits');
}
