import { argmax } from '../outputs.ts';
import { pairedDrop } from '../paired-drop.ts';
import type { ModelGate } from './gate.ts';

export const accuracy: ModelGate = {
  id: 'accuracy',
  summary: 'The built model loses no more accuracy on labelled data than allowed.',
  why: 'Published int8 models lose between nothing and half of what they knew; only labelled data tells which.',
  source: 'https://en.wikipedia.org/wiki/McNemar%27s_test',

  judge({ outputs, labels, limits: { accuracyDropPoints } }) {
    if (labels === undefined || labels.length === 0) {
      return {
        verdict: 'INSUFFICIENT',
        message: 'there is no labelled data',
        fix: 'name a file with x and y as evaluation',
      };
    }
    const right = outputs.map(
      ({ float, built }, index) =>
        [argmax(float) === labels[index], argmax(built) === labels[index]] as const,
    );
    const n = right.length;
    const { dropPoints: drop, marginPoints: margin } = pairedDrop(right);
    const share = (which: 0 | 1): string =>
      ((100 * right.filter((pair) => pair[which]).length) / n).toFixed(2);
    const message = `accuracy ${share(1)} % (float ${share(0)} %): a drop of ${drop.toFixed(2)} ± ${margin.toFixed(2)} points on ${n} samples, ${accuracyDropPoints} allowed`;
    if (drop - margin > accuracyDropPoints) {
      return {
        verdict: 'FAIL',
        message,
        fix: 'calibrate with more typical samples, or use the recipe dynamic or float16',
      };
    }
    if (drop + margin > accuracyDropPoints) {
      return { verdict: 'INSUFFICIENT', message, fix: `give more labelled samples: ${n} cannot tell` };
    }
    return { verdict: 'PASS', message };
  },
};
