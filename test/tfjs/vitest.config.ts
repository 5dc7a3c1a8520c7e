import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// In processes of their own, one after the other: TensorFlow reads its settings once for each process.
export default defineConfig({
  root: at('../..'),
  resolve: { alias: [{ find: /^breakwater$/, replacement: at('../../src/index.ts') }] },
  test: {
    include: ['test/tfjs/**/*.test.ts'],
    globalSetup: [at('global-setup.ts')],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
