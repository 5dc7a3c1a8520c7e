/** What runs networks: LiteRT, or the reference kernels. */
export interface Runtime {
  /** As messages call it. */
  readonly name: string;
  /**
   * Load a `.tflite` and make it ready to run.
   * @throws UserError `MODEL_UNSUPPORTED` where the runtime refuses the network, with the reason
   */
  load(model: Uint8Array): Promise<LoadedModel>;
}

/** A network, ready to run. */
export interface LoadedModel {
  /** In the order of the network's inputs. */
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /**
   * Run once.
   * @param inputs raw little-endian bytes, one for each input, of exactly its size
   * @returns raw bytes of each output, copies of their own
   * @throws RangeError for an input of another size
   */
  run(inputs: readonly Uint8Array[]): Promise<readonly Uint8Array[]>;
  /** Free what the runtime holds. */
  dispose(): void;
}

export interface TensorInfo {
  readonly name: string;
  readonly type: 'float32' | 'int32' | 'uint8' | 'int64' | 'bool' | 'int16' | 'int8' | 'float16' | 'other';
  readonly shape: readonly number[];
  readonly bytes: number;
}

/** Time of runs in milliseconds, one thread, zeros as input. Says nothing of other machines but which is faster. */
export interface Profile {
  readonly medianMs: number;
}

const WARM_UP = 5;
const RUNS = 30;

/** Measure a loaded network. */
export async function profile(model: LoadedModel): Promise<Profile> {
  const inputs = model.inputs.map(({ bytes }) => new Uint8Array(bytes));
  for (let run = 0; run < WARM_UP; run++) await model.run(inputs);
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const started = performance.now();
    await model.run(inputs);
    times.push(performance.now() - started);
  }
  return { medianMs: times.toSorted((a, b) => a - b)[RUNS >> 1]! };
}

/** @throws RangeError where bytes are not those of an input */
export function checkSizes(inputs: readonly TensorInfo[], values: readonly Uint8Array[]): void {
  for (const [index, { name, bytes }] of inputs.entries()) {
    const given = values[index]?.byteLength;
    if (given !== bytes)
      throw new RangeError(`input ${name} takes ${bytes} bytes, got ${given ?? 'nothing'}`);
  }
}
