import { argmax, sqnrDb } from '../outputs.ts';
import { percent } from '../percent.ts';
import { noisiestOfItself } from '../probe.ts';
import type { ModelGate, OutputEvidence } from './gate.ts';

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
    const noises = outputs.map((one) => [one, noiseOf(one)] as const).toSorted(([, a], [, b]) => a - b);
    const [noisy, noise] = noises[0]!;
    const shares = outputs.filter(hasClasses).map((one) => [one, agreementOf(one)] as const);
    const least = shares.toSorted(([, a], [, b]) => a - b)[0];
    const at = ({ name }: OutputEvidence): string =>
      outputs.length === 1 ? '' : ` at ${name}, the worst of ${outputs.length} outputs`;
    const parts = [
      `signal to quantization noise ${noise.toFixed(1)} dB${at(noisy)}, ${limits.sqnrDb} wanted`,
    ];
    if (least !== undefined) {
      const [one, share] = least;
      parts.push(
        `same class on ${(100 * share).toFixed(2)} % of ${one.pairs.length} samples${at(one)}, ${percent(limits.agreement)} % wanted`,
      );
    }
    const noisiest = layers.toSorted((a, b) => a.sqnrDb - b.sqnrDb).slice(0, NAMED);
    if (noisiest.length > 0)
      parts.push(`noisiest ${noisiest.map((one) => `${one.name} ${one.sqnrDb.toFixed(1)} dB`).join(', ')}`);
    const source = noisiestOfItself(layers);
    if (source !== undefined && Number.isFinite(source.sqnrDb)) {
      const from = Number.isFinite(source.inputSqnrDb) ? `${source.inputSqnrDb.toFixed(1)} dB` : 'none';
      parts.push(`most of it is made in ${source.name}, from ${from} to ${source.sqnrDb.toFixed(1)} dB`);
    }
    const message = parts.join('; ');
    if (noise < limits.sqnrDb || (least !== undefined && least[1] < limits.agreement)) {
      return {
        verdict: 'FAIL',
        message,
        fix:
          source === undefined
            ? 'compare the network as it was converted with its source'
            : `keep ${source.name} float or int16x8, equalize, or give calibration samples that cover the real range of inputs`,
      };
    }
    return { verdict: 'PASS', message };
  },
};

const noiseOf = ({ pairs }: OutputEvidence): number =>
  sqnrDb(pairs.map(({ float, built }) => [float, built] as const));

const hasClasses = ({ pairs: [first] }: OutputEvidence): boolean => first!.float.length > 1;

/** Share of samples on which both name the same class. */
const agreementOf = ({ pairs }: OutputEvidence): number =>
  pairs.filter(({ float, built }) => argmax(float) === argmax(built)).length / pairs.length;
