import { runFormats } from '../../report/model.ts';
import { formatAs, formatOption } from '../options.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly input: string;
  readonly format: string;
}

/** Run a model on samples, on the runtime that devices have. */
export const runModel = defineVerb<[file: string], Options>({
  name: 'run',
  summary: 'run a model on samples and print its outputs as real numbers',
  description:
    'Run a model on samples and print its outputs as real numbers. A SavedModel, which cannot be converted, is run by TensorFlow: that needs the optional package @tensorflow/tfjs-node.',
  examples: ['model run model.tflite --input x.npy', 'model run model.h5 --input samples.npz --format json'],
  declare: (command) =>
    command
      .argument('<file>', ".tflite, a trained network as model convert reads it, or a SavedModel's folder")
      .requiredOption('--input <file>', '.npy, or .npz with an array x: samples along its first dimension')
      .addOption(formatOption(runFormats)),
  async run([file], { input, format }, io) {
    const { runAny } = await import('../../model/run-any.ts');
    const { graph, runs } = await runAny(file, input, io);
    const outputs = graph.outputs.map((index, position) => {
      const { name, shape } = graph.tensors[index]!;
      return { name, shape, values: runs.map((one) => Array.from(one[position]!)) };
    });
    io.stdout(formatAs(runFormats, format, { outputs }));
    return 0;
  },
});
