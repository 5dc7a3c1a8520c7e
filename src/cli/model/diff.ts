import { diffFormats } from '../../report/model.ts';
import { formatAs, formatOption } from '../options.ts';
import { defineVerb } from '../verb.ts';

/** Compare two models' files. Status 1 for differences. */
export const diffTwo = defineVerb<[before: string, after: string], { readonly format: string }>({
  name: 'diff',
  summary: 'compare two models: bytes, inputs, outputs, operators, scales, constants',
  examples: ['model diff before.tflite after.tflite'],
  declare: (command) =>
    command
      .argument('<before>', '.tflite, or a trained network as model convert reads it')
      .argument('<after>', 'the other')
      .addOption(formatOption(diffFormats)),
  async run([before, after], { format }, io) {
    const { diffModels } = await import('../../model/diff.ts');
    const { openModel } = await import('../../model/open.ts');
    const diff = diffModels(await openModel(io.cwd, before), await openModel(io.cwd, after));
    io.stdout(formatAs(diffFormats, format, diff));
    return diff.differences.length === 0 ? 0 : 1;
  },
});
