import type { TensorInfo } from '../runtime/runtime.ts';
import { AnswerText } from './answer-text.ts';
import { formatFloat } from './format-float.ts';
import type { PredictRequest } from './predict-request.ts';
import { Refusal } from './refusal.ts';
import { arrayOf, TYPE_NAMES } from './tensor-values.ts';

/** An output of all instances together, its first dimension their number. */
export interface ResponseTensor {
  readonly info: TensorInfo;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** The body of an answer to `:predict`. */
export function formatPredictResponse(
  format: PredictRequest['format'],
  outputs: readonly ResponseTensor[],
): Uint8Array {
  const text = new AnswerText();
  if (format === 'column') {
    text.add('{\n    "outputs": ');
    addOutputs(text, outputs, ({ write, shape }) => write(0, shape));
    text.add('\n}');
    return text.bytes();
  }
  const [first] = outputs;
  text.add('{\n    "predictions": [');
  for (let row = 0; row < (first?.shape[0] ?? 0); row++) {
    if (row > 0) text.add(', ');
    addOutputs(text, outputs, ({ write, shape: [, ...rest] }) => write(row * elements(rest), rest));
  }
  text.add('\n    ]\n}');
  return text.bytes();
}

interface Writing {
  readonly shape: readonly number[];
  /** Write nested lists of a shape, from an index of the values on. */
  readonly write: (from: number, shape: readonly number[]) => void;
}

/** One output alone as it is, several by name. */
function addOutputs(text: AnswerText, outputs: readonly ResponseTensor[], add: (one: Writing) => void): void {
  const [only] = outputs;
  if (only !== undefined && outputs.length === 1) return add(writing(text, only));
  text.add('{');
  outputs.forEach((output, index) => {
    text.add(`${index > 0 ? ', ' : ''}${JSON.stringify(output.info.name)}: `);
    add(writing(text, output));
  });
  text.add('}');
}

const elements = (shape: readonly number[]): number => shape.reduce((count, each) => count * each, 1);

function writing(text: AnswerText, { info, shape, bytes }: ResponseTensor): Writing {
  const values = arrayOf(info.type, bytes);
  if (values === undefined)
    throw new Refusal(
      'UNIMPLEMENTED',
      `Tensor name: ${info.name} of type: ${TYPE_NAMES[info.type].word} cannot be written as JSON`,
    );
  const one =
    info.type === 'float32'
      ? (index: number) => formatFloat(values[index] as number)
      : info.type === 'bool'
        ? (index: number) => String(values[index] !== 0)
        : (index: number) => String(values[index]);
  const write = (from: number, [size, ...rest]: readonly number[]): void => {
    if (size === undefined) return text.add(one(from));
    const step = elements(rest);
    text.add('[');
    for (let index = 0; index < size; index++) {
      if (index > 0) text.add(', ');
      write(from + index * step, rest);
    }
    text.add(']');
  };
  return { shape, write };
}
