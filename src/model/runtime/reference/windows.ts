import type { Operator, Tensor } from '../../graph.ts';
import { PADDING } from '../../tflite/operators.ts';

/** A place of the window, and the row or column of the picture that it meets. */
export interface Meeting {
  readonly tap: number;
  readonly at: number;
}

/** What windows see of a picture, row by row and column by column of the output; places outside are left out. */
export interface Windows {
  readonly down: readonly (readonly Meeting[])[];
  readonly across: readonly (readonly Meeting[])[];
}

/** @param size height and width of the window */
export function windowsOf(
  { options }: Operator,
  { shape: [, height = 1, width = 1] }: Tensor,
  { shape: [, rows = 1, columns = 1] }: Tensor,
  [tall, wide]: readonly [height: number, width: number],
): Windows {
  const axis = (letter: 'H' | 'W', size: number, outputs: number, window: number): Windows['down'] => {
    const stride = Number(options[`stride${letter}`] ?? 1);
    const dilation = Number(options[`dilation${letter}`] ?? 1);
    const overhang = Math.max(0, (outputs - 1) * stride + (window - 1) * dilation + 1 - size);
    const before = options['padding'] === PADDING.VALID ? 0 : Math.floor(overhang / 2);
    return Array.from({ length: outputs }, (_, output) =>
      meetings(window, size, (tap) => output * stride + tap * dilation - before),
    );
  };
  return { down: axis('H', height, rows, tall), across: axis('W', width, columns, wide) };
}

/** As {@link windowsOf}, of a transposed convolution: each pixel of the input spreads over a window of the output. */
export function transposedWindowsOf(
  { options }: Operator,
  { shape: [, height = 1, width = 1] }: Tensor,
  { shape: [, rows = 1, columns = 1] }: Tensor,
  [tall, wide]: readonly [height: number, width: number],
): Windows {
  const axis = (letter: 'H' | 'W', size: number, outputs: number, window: number): Windows['down'] => {
    const stride = Number(options[`stride${letter}`] ?? 1);
    const overhang = Math.max(0, (size - 1) * stride + window - outputs);
    const before = options['padding'] === PADDING.VALID ? 0 : Math.floor(overhang / 2);
    return Array.from({ length: outputs }, (_, output) =>
      meetings(window, size, (tap) => (output + before - tap) / stride),
    );
  };
  return { down: axis('H', height, rows, tall), across: axis('W', width, columns, wide) };
}

const meetings = (window: number, size: number, place: (tap: number) => number): readonly Meeting[] =>
  Array.from({ length: window }, (_, tap) => ({ tap, at: place(tap) })).filter(
    ({ at }) => Number.isInteger(at) && at >= 0 && at < size,
  );
