import { extname, resolve } from 'node:path';
import { readSource } from './convert.ts';
import type { Graph } from './graph.ts';
import { readFile } from './read-file.ts';
import { readTflite } from './tflite/read.ts';

/** A model's file as it is: a `.tflite` operator by operator, anything else as it would be converted. */
export async function openModel(
  folder: string,
  file: string,
): Promise<{ readonly file: string; readonly bytes: number; readonly graph: Graph }> {
  const path = resolve(folder, file);
  const content = readFile(path);
  const graph = extname(file).toLowerCase() === '.tflite' ? readTflite(content) : await readSource(path);
  return { file, bytes: content.byteLength, graph };
}
