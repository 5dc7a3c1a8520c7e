import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import type { TarFile } from '../../model/package/tar.ts';

const APP = 'srv';
const LITERT = '@litertjs/core';

const require = createRequire(import.meta.url);
const entry = fileURLToPath(new URL('entry.js', import.meta.url));
const ownPackage = new URL('../../../package.json', import.meta.url);

/** Where the image's program lies. */
export const ENTRY = `/${APP}/dist/cli/server.js`;

/** The verb as one file, and what it loads: the runtime's script and WebAssembly, and what says our version. */
export async function bundleFiles(): Promise<readonly TarFile[]> {
  const bundle = await rolldown({ input: entry, platform: 'node' });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false, minify: false });
  await bundle.close();
  const [chunk, ...more] = output;
  if (more.length > 0) throw new Error(`the bundle has ${more.length} files too many`);
  const { name, version, description } = JSON.parse(readFileSync(ownPackage, 'utf8')) as Record<
    string,
    string
  >;
  return [
    { path: ENTRY.slice(1), content: Buffer.from(chunk.code) },
    {
      path: `${APP}/package.json`,
      content: Buffer.from(JSON.stringify({ name, version, description, type: 'module' })),
    },
    ...['package.json', 'wasm/litert_wasm_compat_internal.js', 'wasm/litert_wasm_compat_internal.wasm'].map(
      (file) => ({
        path: `${APP}/node_modules/${LITERT}/${file}`,
        content: readFileSync(
          file === 'package.json'
            ? require.resolve(`${LITERT}/wasm/litert_wasm_compat_internal.js`).replace(/wasm\/[^/]+$/, file)
            : require.resolve(`${LITERT}/${file}`),
        ),
      }),
    ),
  ];
}
