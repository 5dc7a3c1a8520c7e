import { UserError } from '../../errors.ts';
import { diffFormats, outputsFormats } from '../../report/model.ts';
import type { Io, ExitStatus } from '../io.ts';
import { formatAs, formatOption } from '../options.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly input?: string;
  readonly format: string;
}

/** Farthest that outputs of one network may be apart in two formats, as a share of their range: the parity gate's bound. */
const SAME = 1e-4;

/** Compare two models' files, or what they make of samples. Status 1 for differences. */
export const diffTwo = defineVerb<[before: string, after: string], Options>({
  name: 'diff',
  summary: 'compare two models: bytes, operators, scales, constants, or outputs',
  description:
    'Compare two models: bytes, inputs, outputs, operators, scales, constants. With --input, compare what they make of samples instead: outputs that are farther apart than 1e-4 of their range are a difference. That compares a SavedModel too, which TensorFlow runs, by the optional package @tensorflow/tfjs-node.',
  examples: [
    'model diff before.tflite after.tflite',
    'model diff saved_model model.tflite --input samples.npz',
  ],
  declare: (command) =>
    command
      .argument('<before>', ".tflite, a trained network as model convert reads it, or a SavedModel's folder")
      .argument('<after>', 'the other')
      .option('--input <file>', '.npy, or .npz with an array x: samples along its first dimension')
      .addOption(formatOption(diffFormats)),
  async run([before, after], { input, format }, io) {
    if (input !== undefined) return diffOutputs([before, after], input, format, io);
    const { diffModels } = await import('../../model/diff.ts');
    const { openModel } = await import('../../model/open.ts');
    const diff = diffModels(await openModel(io.cwd, before), await openModel(io.cwd, after));
    io.stdout(formatAs(diffFormats, format, diff));
    return diff.differences.length === 0 ? 0 : 1;
  },
});

async function diffOutputs(
  [before, after]: readonly [string, string],
  input: string,
  format: string,
  io: Io,
): Promise<ExitStatus> {
  const { compareOutputs } = await import('../../model/compare-outputs.ts');
  const { runAny } = await import('../../model/run-any.ts');
  const outputs = compareOutputs(await runAny(before, input, io), await runAny(after, input, io));
  if (outputs === undefined) {
    throw new UserError(
      'MODEL_UNSUPPORTED',
      `${before} and ${after} have outputs of other sizes`,
      'compare networks that answer alike',
    );
  }
  io.stdout(formatAs(outputsFormats, format, { before, after, outputs }));
  return outputs.every(({ farthest }) => farthest <= SAME) ? 0 : 1;
}
