import { basename, resolve } from 'node:path';
import { Option } from 'commander';
import { UserError } from '../../errors.ts';
import { convertFormats } from '../../report/model.ts';
import type { Recipe } from '../../model/convert.ts';
import { formatAs, formatOption } from '../options.ts';
import { defineVerb } from '../verb.ts';
import { addQuantizeFlags, quantizationOf, type QuantizeFlags } from './quantize-flags.ts';

interface Options extends QuantizeFlags {
  readonly output: string;
  readonly recipe: Recipe;
  readonly calibration?: string;
  readonly io: 'float' | 'int8';
  readonly format: string;
}

/** Convert a trained network into a `.tflite`, without a definition. Status 1 where it does not pass a gate. */
export const convert = defineVerb<[file: string], Options>({
  name: 'convert',
  summary: 'convert a trained network into a quantized .tflite, and judge it',
  description:
    'Convert a trained network into a .tflite by a recipe. The result is run against the float network on the calibration samples; where it does not pass a gate, it is written all the same, and the status is 1.',
  examples: [
    'model convert model.h5 -o model.tflite --calibration samples.npz',
    'model convert model.h5 -o model.tflite --recipe dynamic',
    "model convert model.h5 -o model.tflite --calibration samples.npz --layer 'conv1*=float' --equalize",
  ],
  declare: (command) =>
    addQuantizeFlags(
      command
        .argument('<file>', "Keras .h5 or .keras, a LayersModel's model.json, or a float .tflite")
        .requiredOption('-o, --output <file>', 'the .tflite to write')
        .addOption(
          new Option('--recipe <recipe>', 'how to quantize')
            .choices(['int8', 'int16x8', 'dynamic', 'float16', 'none'])
            .default('int8'),
        )
        .option(
          '--calibration <file>',
          '.npz with an array x, or .npy: typical inputs; int8 and int16x8 need them',
        )
        .addOption(
          new Option('--io <type>', 'inputs and outputs of an int8 model')
            .choices(['float', 'int8'])
            .default('float'),
        ),
    ).addOption(formatOption(convertFormats)),
  async run([file], { output, recipe, calibration, io: endings, format, ...flags }, io) {
    if ((recipe === 'int8' || recipe === 'int16x8') && calibration === undefined) {
      throw new UserError(
        'CALIBRATION',
        `the recipe ${recipe} needs typical inputs`,
        'give --calibration, or --recipe dynamic, which needs none',
      );
    }
    // It compiles on another thread while the network is read.
    const { prepareLiteRt } = await import('../../model/runtime/litert.ts');
    prepareLiteRt();
    const { departures } = await import('../../model/quantize/static-recipe.ts');
    const { readBoth } = await import('../../model/convert.ts');
    const { DEFAULT_LIMITS } = await import('../../model/gates/gate.ts');
    const { makeModel } = await import('../../model/make.ts');
    const { readSamples } = await import('../../model/samples.ts');
    const { write } = await import('../../model/store.ts');
    const { writeTflite } = await import('../../model/tflite/write.ts');
    const { plain, float } = await readBoth(resolve(io.cwd, file));
    const samples = calibration === undefined ? undefined : readSamples(io.cwd, calibration, float);
    const made = await makeModel(float, {
      name: basename(output, '.tflite'),
      recipe,
      io: endings,
      ...departures(quantizationOf(flags), true),
      plain,
      calibration: samples,
      evaluation: samples,
      limits: DEFAULT_LIMITS,
    });
    write(resolve(io.cwd, output), made.file);
    const report = {
      file: output,
      recipe,
      bytes: made.file.byteLength,
      floatBytes: writeTflite(float, '').byteLength,
      removed: made.removed,
      gates: made.results,
    };
    io.stdout(formatAs(convertFormats, format, report));
    return made.results.some(({ verdict }) => verdict === 'FAIL') ? 1 : 0;
  },
});
