import { classOf } from '../outputs.ts';
import { pairedDrop } from '../paired-drop.ts';
import type { GateResult, ModelGate, OutputEvidence, Verdict } from './gate.ts';

export const accuracy: ModelGate = {
  id: 'accuracy',
  summary: 'The built model loses no more accuracy on labelled data than allowed.',
  why: 'Published int8 models lose between nothing and half of what they knew; only labelled data tells which.',
  source: 'https://en.wikipedia.org/wiki/McNemar%27s_test',

  judge({ outputs, limits: { accuracyDropPoints } }) {
    const labelled = outputs.filter(({ labels }) => labels !== undefined && labels.length > 0);
    if (labelled.length === 0) {
      return {
        verdict: 'INSUFFICIENT',
        message: 'there is no labelled data',
        fix: 'name a file with x and y as evaluation',
      };
    }
    const judged = labelled.map((output) => judgeOne(output, accuracyDropPoints, outputs.length > 1));
    return judged.toSorted((a, b) => WORST.indexOf(a.verdict) - WORST.indexOf(b.verdict))[0]!;
  },
};

const WORST: readonly Verdict[] = ['FAIL', 'INSUFFICIENT', 'WARN', 'PASS'];

function judgeOne(
  { name, labels, pairs }: OutputEvidence,
  allowed: number,
  several: boolean,
): Omit<GateResult, 'gate'> {
  const right = pairs.map(
    ({ float, built }, index) =>
      [classOf(float) === labels![index], classOf(built) === labels![index]] as const,
  );
  const n = right.length;
  const { dropPoints: drop, marginPoints: margin } = pairedDrop(right);
  const share = (which: 0 | 1): string => ((100 * right.filter((pair) => pair[which]).length) / n).toFixed(2);
  const at = several ? ` at ${name}` : '';
  const message = `accuracy${at} ${share(1)} % (float ${share(0)} %): a drop of ${drop.toFixed(2)} ± ${margin.toFixed(2)} points on ${n} samples, ${allowed} allowed`;
  if (drop - margin > allowed) {
    return {
      verdict: 'FAIL',
      message,
      fix: 'calibrate with more typical samples, or use the recipe dynamic or float16',
    };
  }
  return drop + margin > allowed
    ? { verdict: 'INSUFFICIENT', message, fix: `give more labelled samples: ${n} cannot tell` }
    : { verdict: 'PASS', message };
}
