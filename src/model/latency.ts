import type { LiteRtModel } from './runtime/litert.ts';

const WARM_UP = 5;
const RUNS = 30;

/** Median time of one run on LiteRT, one thread, zeros as input, in milliseconds. Says nothing of other machines but which is faster. */
export async function medianMs(model: LiteRtModel): Promise<number> {
  const inputs = model.inputs.map(({ bytes }) => new Uint8Array(bytes));
  for (let run = 0; run < WARM_UP; run++) await model.run(inputs);
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const started = performance.now();
    await model.run(inputs);
    times.push(performance.now() - started);
  }
  return times.toSorted((a, b) => a - b)[RUNS >> 1]!;
}
