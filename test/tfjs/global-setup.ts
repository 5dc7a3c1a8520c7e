// Runs once before all others: builds the backend where it is missing.

import type { TestProject } from 'vitest/node';
import { tfjsBackend } from '../../src/dev/tfjs/backend.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Folder in whose node_modules the backend is; empty where it cannot be. */
    backend: string;
  }
}

export default function setup(project: TestProject): void {
  const say = (line: string): void => void process.stderr.write(`tfjs: ${line}\n`);
  const { folder, missing } = tfjsBackend(say);
  if (missing !== undefined) {
    if (process.env['CI']) throw new Error(missing);
    say(`skipped: ${missing}`);
  }
  project.provide('backend', folder ?? '');
}
