// A runtime of our own: every kernel in plain arithmetic, to hold LiteRT against, and for machines where it does not start.
// Slow: some ten to two hundred times as long as LiteRT.

import { UserError } from '../../../errors.ts';
import { elements, type Tensor } from '../../graph.ts';
import { isDelegated } from '../../memory/delegated.ts';
import { readTflite } from '../../tflite/read.ts';
import { checkSizes, type LoadedModel, type Runtime, type TensorInfo } from '../runtime.ts';
import { prepare } from './evaluate.ts';
import { numbersOf } from './numbers.ts';

const BYTES = { float32: 4, int32: 4, int16: 2, int8: 1 } as const;

/**
 * Codes are those of LiteRT's: each operator in the arithmetic of XNNPACK or of the runtime's own kernels, whichever LiteRT
 * leaves it to. Floats agree but for the last bits, since sums have one stated order and functions are those of the language.
 */
export const reference: Runtime = {
  name: 'the reference kernels',
  load: (bytes) => Promise.resolve().then(() => load(bytes, isDelegated)),
};

/** As {@link reference}, in the arithmetic of a runtime without XNNPACK. */
export const referenceWithoutXnnpack: Runtime = {
  name: 'the reference kernels without XNNPACK',
  load: (bytes) => Promise.resolve().then(() => load(bytes, () => false)),
};

function load(bytes: Uint8Array, delegated: typeof isDelegated): LoadedModel {
  const graph = readTflite(bytes);
  const evaluate = prepare(graph, delegated);
  const [inputs, outputs] = [graph.inputs, graph.outputs].map((ends) =>
    ends.map((index) => describe(graph.tensors[index]!)),
  ) as [TensorInfo[], TensorInfo[]];
  return {
    inputs,
    outputs,
    run: (values) =>
      Promise.resolve().then(() => {
        checkSizes(inputs, values);
        const numbers = values.map((value, index) => numbersOf(typeAt(inputs, index), value)!);
        return evaluate(numbers).map(({ buffer, byteOffset, byteLength }) =>
          new Uint8Array(buffer, byteOffset, byteLength).slice(),
        );
      }),
    dispose: () => {},
  };
}

type Kept = keyof typeof BYTES;

const typeAt = (infos: readonly TensorInfo[], index: number): Kept => infos[index]!.type as Kept;

function describe({ name, type, shape }: Tensor): TensorInfo {
  if (type in BYTES) return { name, type: type as Kept, shape, bytes: elements(shape) * BYTES[type as Kept] };
  throw new UserError(
    'MODEL_UNSUPPORTED',
    `the reference kernels take and give no ${type}, which ${name} is`,
    'run it on LiteRT',
  );
}
