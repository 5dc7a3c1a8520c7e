import { percent } from '../percent.ts';
import type { ModelGate } from './gate.ts';

export const saturation: ModelGate = {
  id: 'saturation',
  summary: 'No activation is cut off at the ends of its range, and none leaves most of its codes unused.',
  why: 'What lies beyond the range that calibration saw becomes its end: all that is unusual looks alike to the layers behind. A range far wider than the values leaves them a few codes, as too few bits would.',
  source: 'https://developers.google.com/edge/litert/quantization/quantization_spec',

  judge({ layers, limits }) {
    const [most] = layers.toSorted((a, b) => b.saturated - a.saturated);
    const counted = layers.flatMap(({ name, codes }) => (codes === undefined ? [] : [{ name, codes }]));
    const [fewest] = counted.toSorted((a, b) => a.codes - b.codes);
    if (most === undefined) return { verdict: 'PASS', message: 'no activation is quantized' };
    const cut = layers.filter(({ saturated }) => saturated > limits.saturated);
    const parts = [
      `at most ${(100 * most.saturated).toFixed(2)} % of values beyond their range (${most.name}), ${percent(limits.saturated)} % allowed`,
      ...(cut.length > 1 ? [`${cut.length} of ${layers.length} layers above that`] : []),
      ...(fewest === undefined ? [] : [`at least ${fewest.codes} of 256 codes used (${fewest.name})`]),
    ];
    const message = parts.join('; ');
    if (most.saturated > limits.saturated) {
      return {
        verdict: 'FAIL',
        message,
        fix: 'add samples to the calibration set that are as extreme as what devices see',
      };
    }
    if (fewest !== undefined && fewest.codes < limits.codes) {
      return {
        verdict: 'WARN',
        message,
        fix: `take the observer percentile or mse, equalize, or keep ${fewest.name} float: a few far values stretch its range, or it hardly varies`,
      };
    }
    return { verdict: 'PASS', message };
  },
};
