// Compiles the backend's native addon.

import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from './run-tool.ts';

/** The interface to Node that the addon is compiled for; it stays the same on every later line. */
const NODE_API = 8;

/**
 * Compile the addon against the headers of the running Node.
 * @param folder whose node_modules has node-gyp
 * @param home of the package
 */
export function compileAddon(folder: string, home: string): void {
  const place = join('lib', `napi-v${NODE_API}`);
  run(
    process.execPath,
    [
      join(folder, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js'),
      'rebuild',
      ...headers(),
      '--module_name=tfjs_binding',
      `--module_path=./${place}`,
      `--napi_build_version=${NODE_API}`,
    ],
    home,
  );
  mkdirSync(join(home, place), { recursive: true });
  copyFileSync(join(home, 'build', 'Release', 'tfjs_binding.node'), join(home, place, 'tfjs_binding.node'));
  rmSync(join(home, 'build'), { recursive: true });
}

/** Where Node was installed with its headers, they are taken from there; else node-gyp fetches them from nodejs.org. */
function headers(): readonly string[] {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? [`--nodedir=${prefix}`] : [];
}
