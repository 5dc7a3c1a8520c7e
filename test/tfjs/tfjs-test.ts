// What every test file here begins with.

import { describe, inject } from 'vitest';
import type { BackendPlaces } from '../../src/model/backend/tfjs.ts';

/** Where the backend of this run is. */
export const places: BackendPlaces = { cwd: process.cwd(), env: { BREAKWATER_TFJS: inject('backend') } };

/** `describe`, skipped and counted where the backend cannot be built. */
export const describeTfjs = inject('backend') === '' ? describe.skip : describe;
