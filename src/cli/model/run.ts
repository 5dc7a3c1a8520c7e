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
  examples: ['model run model.tflite --input x.npy', 'model run model.h5 --input samples.npz --format json'],
  declare: (command) =>
    command
      .argument('<file>', '.tflite, or a trained network as model convert reads it')
      .requiredOption('--input <file>', '.npy, or .npz with an array x: samples along its first dimension')
      .addOption(formatOption(runFormats)),
  async run([file], { input, format }, io) {
    const { openModel } = await import('../../model/open.ts');
    const { runOutputs } = await import('../../model/run.ts');
    const { readSamples } = await import('../../model/samples.ts');
    const { graph } = await openModel(io.cwd, file);
    const runs = await runOutputs(graph, readSamples(io.cwd, input, graph).inputs);
    const outputs = graph.outputs.map((index, position) => {
      const { name, shape } = graph.tensors[index]!;
      return { name, shape, values: runs.map((one) => Array.from(one[position]!)) };
    });
    io.stdout(formatAs(runFormats, format, { outputs }));
    return 0;
  },
});
