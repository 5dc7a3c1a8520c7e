import type { Operator, Tensor } from '../graph.ts';
import { FUSED, type OperatorKind } from '../tflite/operators.ts';

/** Factors or offsets by channel. */
export type AffineKind = 'MUL' | 'ADD';

type Commutes = (
  kind: AffineKind,
  values: Float32Array,
  operator: Operator,
  tensors: readonly Tensor[],
) => boolean;

const COMMUTES: Readonly<Partial<Record<OperatorKind, Commutes>>> = {
  AVERAGE_POOL_2D: () => true,
  // A negative factor makes the least of the greatest.
  MAX_POOL_2D: (kind, values) => kind === 'ADD' || values.every((value) => value >= 0),
  MEAN: (_kind, _values, { inputs }, tensors) => {
    const [input, axes] = [tensors[inputs[0]!]!, tensors[inputs[1]!]!];
    if (axes.data === undefined) return false;
    const rank = input.shape.length;
    return new Int32Array(new Uint8Array(axes.data).buffer).every((axis) => (axis + rank) % rank < rank - 1);
  },
  // Zeros around stay zero; an offset would have to be put there.
  PAD: (kind) => kind === 'MUL',
  RESHAPE: () => true,
};

/**
 * Whether it is the same in real numbers to scale or shift channels before or after an operator. Its input and output have as
 * many channels, or several times as many that repeat them.
 */
export const commutes: Commutes = (kind, values, operator, tensors) =>
  (operator.options['activation'] ?? FUSED.NONE) === FUSED.NONE &&
  [operator.inputs[0]!, operator.outputs[0]!].every(
    (index) => (tensors[index]!.shape.at(-1) ?? 1) % values.length === 0,
  ) &&
  (COMMUTES[operator.kind]?.(kind, values, operator, tensors) ?? false);
