import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: at('..'),
  resolve: { alias: [{ find: /^breakwater$/, replacement: at('../src/index.ts') }] },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/cluster/**', 'test/device/**', 'test/tfjs/**'],
    testTimeout: 60_000,
  },
});
