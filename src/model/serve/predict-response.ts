import type { TensorInfo } from '../runtime/litert.ts';
import type { PredictRequest } from './predict-request.ts';
import { Refusal } from './refusal.ts';
import { arrayOf, TYPE_NAMES } from './tensor-values.ts';

/** An output of all instances together, its first dimension their number. */
export interface ResponseTensor {
  readonly info: TensorInfo;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/**
 * Digits of a float32: six, which most need, or nine, which always suffice to tell it from its neighbours.
 * Whole ones end in `.0`, so that a client takes all numbers of a list for the same type. As TensorFlow Serving does.
 */
export function formatFloat(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Object.is(value, -0)) return '-0.0';
  const six = Number(value.toPrecision(6));
  const text = String(Math.fround(six) === value ? six : Number(value.toPrecision(9)));
  return text.includes('.') || text.includes('e') ? text : `${text}.0`;
}

/** The body of an answer to `:predict`. */
export function formatPredictResponse(
  format: PredictRequest['format'],
  outputs: readonly ResponseTensor[],
): string {
  const only = outputs.length === 1 ? writer(outputs[0]!) : undefined;
  if (format === 'column') {
    const value =
      only?.whole() ??
      `{${outputs.map((output) => `${JSON.stringify(output.info.name)}: ${writer(output).whole()}`).join(', ')}}`;
    return `{\n    "outputs": ${value}\n}`;
  }
  const writers = outputs.map((output) => ({ name: JSON.stringify(output.info.name), ...writer(output) }));
  const rows = Array.from({ length: outputs[0]?.shape[0] ?? 0 }, (_, row) =>
    only === undefined
      ? `{${writers.map(({ name, row: write }) => `${name}: ${write(row)}`).join(', ')}}`
      : only.row(row),
  );
  return `{\n    "predictions": [${rows.join(', ')}\n    ]\n}`;
}

interface Writer {
  readonly whole: () => string;
  readonly row: (index: number) => string;
}

function writer({ info, shape, bytes }: ResponseTensor): Writer {
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
  const write = (from: number, [size, ...rest]: readonly number[]): string => {
    if (size === undefined) return one(from);
    const step = rest.reduce((count, each) => count * each, 1);
    return `[${Array.from({ length: size }, (_, index) => write(from + index * step, rest)).join(', ')}]`;
  };
  const [, ...rest] = shape;
  const step = rest.reduce((count, each) => count * each, 1);
  return { whole: () => write(0, shape), row: (index) => write(index * step, rest) };
}
