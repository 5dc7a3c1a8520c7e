import type { ModelGate } from './gate.ts';

export const parity: ModelGate = {
  id: 'parity',
  summary: 'Folding and fusing leave the outputs of the float network as they were.',
  why: 'A bias that is lost when a network is converted looks like quantization noise; published reference models have shipped with one. Compared before quantization, it cannot hide.',
  source: 'https://github.com/mlcommons/tiny/tree/master/benchmark/training',

  judge({ parity: difference, limits: { parity: allowed } }) {
    if (difference === undefined) {
      return {
        verdict: 'INSUFFICIENT',
        message: 'there are no samples to compare on',
        fix: 'name a calibration or an evaluation file',
      };
    }
    const message = `layer by layer and fused differ by ${difference.toExponential(1)} of the range, ${allowed.toExponential(0)} allowed`;
    if (difference <= allowed) return { verdict: 'PASS', message };
    return { verdict: 'FAIL', message, fix: 'report it with the model: a pass of breakwater is wrong' };
  },
};
