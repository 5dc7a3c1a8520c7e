// What every test file here begins with.

import { describe, inject } from 'vitest';

/** Folder of this run; empty where nothing can run. */
export const runFolder = inject('runFolder');

/** `describe`, skipped and counted where there is no Go. */
export const describeCluster = inject('missing') === '' ? describe : describe.skip;
