// Joins the modules behind the command line into a few files: a run loads 200 modules, and finding, opening and
// linking each takes Node a third of a millisecond. Only what starts a process
// or a thread is replaced; what others import stays as it is.

import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const dist = fileURLToPath(new URL('..', import.meta.url));

const bundle = await rolldown({
  input: { 'cli/bin': `${dist}cli/bin.js`, 'model/build-worker': `${dist}model/build-worker.js` },
  platform: 'node',
  // Packages are shared with definitions, validators are loaded when needed.
  external: /^[^./]/,
  treeshake: false,
});
// Chunks lie as deep as the modules they are made of, which look for files of the package from where they are.
await bundle.write({ dir: dist, format: 'esm', chunkFileNames: 'chunks/[name]-[hash].js' });
await bundle.close();
