import { resolve } from 'node:path';
import { Option } from 'commander';
import type { AnyRun } from '../../model/run-any.ts';
import type { RuntimeName } from '../../model/runtime/load.ts';
import { runFormats } from '../../report/model.ts';
import { formatAs, formatOption } from '../options.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly input: string;
  readonly output?: string;
  readonly runtime?: RuntimeName;
  readonly format: string;
}

/** Run a model on samples, on the runtime that devices have. */
export const runModel = defineVerb<[file: string], Options>({
  name: 'run',
  summary: 'run a model on samples and print its outputs as real numbers',
  description:
    'Run a model on samples and print its outputs as real numbers. A SavedModel, which cannot be converted, is run by TensorFlow: that needs the optional package @tensorflow/tfjs-node. What is written with --output can be read as samples for another network.',
  examples: [
    'model run model.tflite --input x.npy',
    'model run model.tflite --input x.npy --runtime reference',
    'model run saved_model --input samples.npz -o features.npz',
  ],
  declare: (command) =>
    command
      .argument('<file>', ".tflite, a trained network as model convert reads it, or a SavedModel's folder")
      .requiredOption('--input <file>', '.npy, or .npz with an array x: samples along its first dimension')
      .option('-o, --output <file>', '.npz to write: an array for each output, x where there is one')
      .addOption(
        new Option(
          '--runtime <runtime>',
          'LiteRT, or the reference kernels, which compute the same codes in plain arithmetic (default: litert, reference where it does not start)',
        ).choices(['litert', 'reference']),
      )
      .addOption(formatOption(runFormats)),
  async run([file], { input, output, runtime, format }, io) {
    const { runAny } = await import('../../model/run-any.ts');
    const { graph, runs } = await runAny(file, input, io, runtime);
    if (output !== undefined) await writeOutputs({ graph, runs }, resolve(io.cwd, output));
    const outputs = graph.outputs.map((index, position) => {
      const { name, shape } = graph.tensors[index]!;
      return { name, shape, values: runs.map((one) => Array.from(one[position]!)) };
    });
    io.stdout(formatAs(runFormats, format, { outputs }));
    return 0;
  },
});

/** All outputs of all samples, along a first dimension. */
async function writeOutputs({ graph, runs }: AnyRun, path: string): Promise<void> {
  const { write } = await import('../../model/store.ts');
  const { npzBytes } = await import('../../model/write-npz.ts');
  const arrays = graph.outputs.map((index, position) => {
    const { name, shape } = graph.tensors[index]!;
    const values = Float32Array.from(runs.flatMap((run) => Array.from(run[position]!)));
    const each = { shape: [runs.length, ...shape.slice(1)], values };
    return [graph.outputs.length === 1 ? 'x' : name.replaceAll('/', '_'), each] as const;
  });
  write(path, npzBytes(Object.fromEntries(arrays), true));
}
