import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// One file after the other: two cores run one control plane and its devices well.
export default defineConfig({
  root: at('../..'),
  resolve: { alias: [{ find: /^breakwater$/, replacement: at('../../src/index.ts') }] },
  test: {
    include: ['test/device/**/*.test.ts'],
    globalSetup: [at('global-setup.ts')],
    setupFiles: [at('../harness/keep-logs.ts')],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
