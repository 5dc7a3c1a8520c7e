// What every test file here begins with.

import { describe, inject } from 'vitest';

/** Folder of this run; empty where nothing can run. */
export const runFolder = inject('runFolder');

/** `describe`, skipped and counted where no device can be made. */
export const describeDevice = inject('missing') === '' ? describe : describe.skip;
