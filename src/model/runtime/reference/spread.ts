/**
 * Where a tensor of one shape holds the number for each place of a larger one, over whose dimensions it is spread.
 * @returns indices, in the order of the larger one's numbers
 */
export function spreadOver(shape: readonly number[], over: readonly number[]): Int32Array {
  const sizes = [...over.slice(0, over.length - shape.length).map(() => 1), ...shape];
  const steps = sizes.map((size, axis) =>
    size === 1 ? 0 : sizes.slice(axis + 1).reduce((product, one) => product * one, 1),
  );
  return placesOf(over, (at) => at.reduce((sum, place, axis) => sum + place * steps[axis]!, 0));
}

/** A number for each place of a shape, in order. */
export function placesOf(shape: readonly number[], numberOf: (at: readonly number[]) => number): Int32Array {
  const at = shape.map(() => 0);
  const count = shape.reduce((product, size) => product * size, 1);
  return Int32Array.from({ length: count }, () => {
    const number = numberOf(at);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis]!++;
      if (at[axis]! < shape[axis]!) break;
      at[axis] = 0;
    }
    return number;
  });
}

/** Index of a place among the numbers of a shape. */
export const indexOf = (at: readonly number[], shape: readonly number[]): number =>
  at.reduce((index, place, axis) => index * shape[axis]! + place, 0);
