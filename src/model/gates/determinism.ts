import { whole } from '../whole.ts';
import type { ModelGate } from './gate.ts';

export const determinism: ModelGate = {
  id: 'determinism',
  summary: 'Building the same model twice gives the same bytes.',
  why: 'Devices pull by digest and reviewers read digests: a build that differs from run to run restarts a fleet for nothing, and `build --check` could never pass.',
  source: 'https://reproducible-builds.org/docs/definition/',

  judge({ file, again }) {
    if (again === undefined) return undefined;
    const differing = file.findIndex((byte, index) => byte !== again[index]);
    if (differing < 0 && file.byteLength === again.byteLength)
      return { verdict: 'PASS', message: 'built twice, the same bytes' };
    const where = differing < 0 ? Math.min(file.byteLength, again.byteLength) : differing;
    return {
      verdict: 'FAIL',
      message: `built twice, the files differ from byte ${whole(where)} on`,
      fix: 'report it with the model: breakwater is wrong, or this machine computes wrongly',
    };
  },
};
