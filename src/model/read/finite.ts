import { UserError } from '../../errors.ts';

/** @throws UserError `MODEL_DAMAGED` where a value is no finite number */
export function finite(values: Float32Array, place: string): Float32Array {
  const wrong = values.findIndex((number) => !Number.isFinite(number));
  if (wrong < 0) return values;
  throw new UserError(
    'MODEL_DAMAGED',
    `${place} holds ${values[wrong]} at index ${wrong}`,
    'train the model again: a weight that is no number spoils every output',
  );
}
