import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// Files side by side: most of their time is waiting, and each has a control plane and devices of its own.
export default defineConfig({
  root: at('../..'),
  resolve: { alias: [{ find: /^breakwater$/, replacement: at('../../src/index.ts') }] },
  test: {
    include: ['test/device/**/*.test.ts'],
    globalSetup: [at('global-setup.ts')],
    setupFiles: [at('../harness/keep-logs.ts')],
    maxWorkers: 4,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
