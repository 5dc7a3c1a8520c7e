import { argmax, sqnrDb } from '../outputs.ts';
import type { ModelGate } from './gate.ts';

/** How many layers are named. */
const NAMED = 3;

export const divergence: ModelGate = {
  id: 'divergence',
  summary: "The built model's outputs stay close to the float network's.",
  why: 'Accuracy can hold on easy data while outputs drift; drift shows on the hard cases that devices meet.',
  source: 'https://en.wikipedia.org/wiki/Signal-to-quantization-noise_ratio',

  judge({ outputs, layers, limits }) {
    if (outputs.length === 0) {
      return {
        verdict: 'INSUFFICIENT',
        message: 'there are no samples to compare on',
        fix: 'name a calibration or an evaluation file',
      };
    }
    const noise = sqnrDb(outputs.map(({ float, built }) => [float, built] as const));
    const classes = outputs[0]!.float.length;
    const agreeing =
      outputs.filter(({ float, built }) => argmax(float) === argmax(built)).length / outputs.length;
    const parts = [`signal to quantization noise ${noise.toFixed(1)} dB, ${limits.sqnrDb} wanted`];
    if (classes > 1)
      parts.push(
        `same class on ${(100 * agreeing).toFixed(2)} % of ${outputs.length} samples, ${100 * limits.agreement} % wanted`,
      );
    const noisiest = layers.toSorted((a, b) => a.sqnrDb - b.sqnrDb).slice(0, NAMED);
    if (noisiest.length > 0)
      parts.push(`noisiest ${noisiest.map((one) => `${one.name} ${one.sqnrDb.toFixed(1)} dB`).join(', ')}`);
    const message = parts.join('; ');
    if (noise < limits.sqnrDb || (classes > 1 && agreeing < limits.agreement)) {
      return {
        verdict: 'FAIL',
        message,
        fix: 'give calibration samples that cover the real range of inputs; the noise begins in the first of the noisiest layers',
      };
    }
    return { verdict: 'PASS', message };
  },
};
