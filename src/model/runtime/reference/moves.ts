// Operators that move numbers and compute nothing.

import type { Tensor } from '../../graph.ts';
import { constantAt, unsupported, type Kernel, type Step } from './kernel.ts';
import { scaleOf, zeroPointOf } from './numbers.ts';
import { indexOf, placesOf } from './spread.ts';

/** The same numbers in another shape. */
export const same: Kernel = (step) => {
  sameCodes(step);
  return ([values], [made]) => made!.set(values!);
};

/** The sizes of a tensor's dimensions. */
export const shaped: Kernel =
  ({ inputs }) =>
  (_, [made]) =>
    made!.set(inputs[0]!.shape);

/** Codes are moved, not rescaled. @throws UserError `MODEL_UNSUPPORTED` where they would have to be */
function sameCodes(step: Step, inputs: readonly (Tensor | undefined)[] = [step.inputs[0]]): void {
  const output = step.outputs[0]!;
  for (const input of inputs) {
    const alike =
      input!.type === output.type &&
      scaleOf(input!) === scaleOf(output) &&
      zeroPointOf(input!) === zeroPointOf(output);
    if (!alike) throw unsupported(step, ' between types or scales');
  }
}

/** Where in the first input a number of the output stands; `undefined`: outside. */
type Source = (at: readonly number[]) => readonly number[] | undefined;

const moved =
  (sourceOf: (step: Step) => Source): Kernel =>
  (step) => {
    sameCodes(step);
    const { shape } = step.inputs[0]!;
    const source = sourceOf(step);
    const from = placesOf(step.outputs[0]!.shape, (at) => {
      const place = source(at);
      return place === undefined ? -1 : indexOf(place, shape);
    });
    const zero = zeroPointOf(step.outputs[0]!);
    return (inputs, [made]) => {
      const outside = step.operator.kind === 'PADV2' ? inputs[2]![0]! : zero;
      for (let at = 0; at < from.length; at++) made![at] = from[at]! < 0 ? outside : inputs[0]![from[at]!]!;
    };
  };

export const transposed = moved((step) => {
  const order = [...constantAt(step, 1)];
  return (at) => {
    const place = order.map(() => 0);
    order.forEach((axis, position) => (place[axis] = at[position]!));
    return place;
  };
});

export const padded = moved((step) => {
  const amounts = constantAt(step, 1);
  const { shape } = step.inputs[0]!;
  return (at) => {
    const place = at.map((one, axis) => one - amounts[2 * axis]!);
    return place.every((one, axis) => one >= 0 && one < shape[axis]!) ? place : undefined;
  };
});

export const sliced = moved((step) => {
  const begin = constantAt(step, 1);
  return (at) => at.map((one, axis) => one + begin[axis]!);
});

export const strided = moved((step) => {
  const { options } = step.operator;
  const [begin, stride] = [constantAt(step, 1), constantAt(step, 3)];
  const { shape } = step.inputs[0]!;
  const mask = (name: string): number => Number(options[name] ?? 0);
  if (mask('ellipsisMask') !== 0 || mask('newAxisMask') !== 0)
    throw unsupported(step, ' with new or left-out dimensions');
  const starts = shape.map((size, axis) => {
    const by = stride[axis] ?? 1;
    if (axis >= begin.length || (mask('beginMask') >> axis) & 1) return by < 0 ? size - 1 : 0;
    const start = begin[axis]! < 0 ? begin[axis]! + size : begin[axis]!;
    return Math.min(Math.max(start, 0), by < 0 ? size - 1 : size);
  });
  return (at) => {
    let next = 0;
    return starts.map((start, axis) =>
      (mask('shrinkAxisMask') >> axis) & 1 ? start : start + at[next++]! * (stride[axis] ?? 1),
    );
  };
});

export const nearest = moved((step) => {
  const { options } = step.operator;
  const [, ...from] = step.inputs[0]!.shape;
  const [, ...to] = step.outputs[0]!.shape;
  const { fround } = Math;
  const corners = options['alignCorners'] === true;
  const offset = options['halfPixelCenters'] === true ? 0.5 : 0;
  const place = (axis: number, at: number): number => {
    const scale =
      corners && to[axis]! > 1
        ? fround((from[axis]! - 1) / (to[axis]! - 1))
        : fround(from[axis]! / to[axis]!);
    const exact = fround((at + offset) * scale);
    return Math.min(corners ? Math.round(exact) : Math.floor(exact), from[axis]! - 1);
  };
  return ([batch = 0, row = 0, column = 0, channel = 0]) => [batch, place(0, row), place(1, column), channel];
});

/** Rows of the first input, by the numbers of the second. */
export const gathered: Kernel = (step) => {
  sameCodes(step);
  const axis = Number(step.operator.options['axis'] ?? 0);
  const { shape } = step.inputs[0]!;
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const outer = shape.slice(0, axis).reduce((product, size) => product * size, 1);
  return ([values, indices], [made]) => {
    let at = 0;
    for (let block = 0; block < outer; block++) {
      for (const index of indices!) {
        const from = (block * shape[axis]! + index) * inner;
        made!.set(values!.subarray(from, from + inner), at);
        at += inner;
      }
    }
  };
};

/** All inputs behind one another along a dimension. */
export const joined: Kernel = (step) => {
  sameCodes(step, step.inputs);
  const { options } = step.operator;
  const rank = step.outputs[0]!.shape.length;
  const axis = (Number(options['axis'] ?? 0) + rank) % rank;
  const inner = step.inputs.map((input) =>
    input!.shape.slice(axis).reduce((product, size) => product * size, 1),
  );
  const outer = step.inputs[0]!.shape.slice(0, axis).reduce((product, size) => product * size, 1);
  return (inputs, [made]) => {
    let at = 0;
    for (let block = 0; block < outer; block++) {
      for (const [position, values] of inputs.entries()) {
        const size = inner[position]!;
        made!.set(values.subarray(block * size, (block + 1) * size), at);
        at += size;
      }
    }
  };
};

/** An input in equal parts along a dimension. */
export const split: Kernel = (step) => {
  const [input] = step.inputs.slice(1);
  sameCodes(step, [input]);
  const { shape } = input!;
  const axis = (constantAt(step, 0)[0]! + shape.length) % shape.length;
  const parts = step.outputs.length;
  const inner = shape.slice(axis).reduce((product, size) => product * size, 1) / parts;
  return ([, values], outputs) => {
    for (const [part, made] of outputs.entries())
      for (let at = 0; at < made.length; at++)
        made[at] = values![(Math.floor(at / inner) * parts + part) * inner + (at % inner)]!;
  };
};
