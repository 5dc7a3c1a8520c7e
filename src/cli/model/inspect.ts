import { extname, resolve } from 'node:path';
import { inspectFormats } from '../../report/model.ts';
import { formatAs, formatOption } from '../options.ts';
import { defineVerb } from '../verb.ts';

async function gzipped(path: string): Promise<number> {
  const { gzipSync } = await import('node:zlib');
  const { readFile } = await import('../../model/read-file.ts');
  return gzipSync(readFile(path)).byteLength;
}

/** Print what a model's file holds. */
export const inspect = defineVerb<[file: string], { readonly format: string }>({
  name: 'inspect',
  summary: 'show inputs, outputs, operators with their versions, and memory over time',
  examples: ['model inspect model.tflite', 'model inspect model.h5 --format json'],
  declare: (command) =>
    command
      .argument('<file>', '.tflite, or a trained network as model convert reads it')
      .addOption(formatOption(inspectFormats)),
  async run([file], { format }, io) {
    const { describeModel } = await import('../../model/inspect.ts');
    const { openModel } = await import('../../model/open.ts');
    const { bytes, graph } = await openModel(io.cwd, file);
    const packed = extname(file) === '.tflite' ? { gzipBytes: await gzipped(resolve(io.cwd, file)) } : {};
    io.stdout(formatAs(inspectFormats, format, { ...describeModel(graph, file, bytes), ...packed }));
    return 0;
  },
});
