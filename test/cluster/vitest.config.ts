import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// One file after the other: each starts the servers that it needs, and two cores run one cluster well.
export default defineConfig({
  root: at('../..'),
  resolve: { alias: [{ find: /^breakwater$/, replacement: at('../../src/index.ts') }] },
  test: {
    include: ['test/cluster/**/*.test.ts'],
    globalSetup: [at('global-setup.ts')],
    setupFiles: [at('../harness/keep-logs.ts')],
    fileParallelism: false,
    // What waits has a deadline of its own; these are for machines that are busy with something else.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
