import type { TfTensor, Tfjs } from '../backend/tfjs-api.ts';
import { elements } from '../graph.ts';
import type { Labelled } from './labelled.ts';
import type { Random } from './random.ts';

/** The samples of one step. */
export interface Batch {
  /** Where they stand in the data. */
  readonly places: Uint32Array;
  readonly inputs: TfTensor;
  /** Where the sample stands that each is mixed with; absent where they are shown as they are. */
  readonly partners?: Uint32Array;
  /** Share of each sample's own values in what is shown; a ratio. */
  readonly shares: Float32Array;
}

/**
 * Make a batch.
 * @param random mixes each sample with the one behind it in the batch, in a share drawn evenly; `undefined` mixes nothing
 */
export function batchOf(
  tf: Tfjs,
  { shape, values }: Labelled,
  places: Uint32Array,
  random: Random | undefined,
): Batch {
  const each = elements(shape);
  const shares = Float32Array.from(places, () => random?.() ?? 1);
  // The order is random already.
  const partners = places.map((_, index) => places[(index + 1) % places.length]!);
  const shown = new Float32Array(places.length * each);
  for (const [index, place] of places.entries()) {
    const own = values.subarray(place * each, (place + 1) * each);
    if (random === undefined) {
      shown.set(own, index * each);
      continue;
    }
    const [share, other] = [shares[index]!, partners[index]! * each];
    for (const [at, value] of own.entries())
      shown[index * each + at] = share * value + (1 - share) * values[other + at]!;
  }
  const inputs = tf.tensor(shown, [places.length, ...shape]);
  return { places, inputs, shares, ...(random === undefined ? {} : { partners }) };
}
