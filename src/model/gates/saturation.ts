import type { ModelGate } from './gate.ts';

/** A ratio. Calibration that covers the data leaves a few values in thousands at the ends. */
const ALLOWED = 0.01;

export const saturation: ModelGate = {
  id: 'saturation',
  summary: 'No activation is cut off at the ends of its range.',
  why: 'What lies beyond the range that calibration saw becomes its end: all that is unusual looks alike to the layers behind.',
  source: 'https://developers.google.com/edge/litert/quantization/quantization_spec',

  judge({ layers }) {
    const [most] = layers.toSorted((a, b) => b.saturated - a.saturated);
    const [fewest] = layers.toSorted((a, b) => a.codes - b.codes);
    if (most === undefined || fewest === undefined)
      return { verdict: 'PASS', message: 'no activation is quantized' };
    const message = `at most ${(100 * most.saturated).toFixed(2)} % of values at an end (${most.name}), ${100 * ALLOWED} % allowed; at least ${fewest.codes} of 256 codes used (${fewest.name})`;
    if (most.saturated <= ALLOWED) return { verdict: 'PASS', message };
    return {
      verdict: 'FAIL',
      message,
      fix: 'add samples to the calibration set that are as extreme as what devices see',
    };
  },
};
