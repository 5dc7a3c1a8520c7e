// The one place that knows how Google's LiteRT runtime is loaded outside a browser. The package is pinned
// exactly, since this rests on its internal file names and bindings; `test/model/litert.test.ts` is the contract.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { compileFunction } from 'node:vm';
import { UserError } from '../../errors.ts';

/** A loaded model, ready to run. */
export interface LiteRtModel {
  /** In the order of the model's signature. */
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /**
   * Run once.
   * @param inputs raw little-endian bytes, one for each input, of exactly its size
   * @returns raw bytes of each output, copied out of the runtime
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

export interface LiteRt {
  /**
   * Load and compile a `.tflite`.
   * @throws UserError `MODEL_UNSUPPORTED` when the runtime refuses the model, with its own words
   */
  load(model: Uint8Array): Promise<LiteRtModel>;
  /** Bytes of the runtime's memory up to the last that is in use. */
  usedBytes(): number;
}

interface Vector<T> {
  size(): number;
  get(index: number): T;
  push_back(item: T): void;
  delete(): void;
}
interface TensorType {
  elementType(): { readonly value: number };
  layout(): { dimensions(): Vector<number> };
  bytes(): number;
}
interface Buffer {
  lock(mode: unknown): number;
  unlock(): void;
  size(): number;
  delete(): void;
}
interface Bindings {
  readonly HEAPU8: Uint8Array;
  readonly LiteRtEnvironment: { create(device: null): unknown };
  readonly LiteRtTensorBuffer: {
    createManaged(environment: unknown, kind: unknown, type: TensorType, bytes: number): Buffer;
  };
  readonly LiteRtTensorBufferType: { readonly HOST_MEMORY: unknown };
  readonly LiteRtTensorBufferLockMode: { readonly READ: unknown; readonly WRITE: unknown };
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  loadModel(environment: unknown, pointer: number, bytes: number): Model;
  compileModel(
    environment: unknown,
    model: Model,
    options: { accelerator: 'wasm' },
  ): Promise<Compiled> | Compiled;
}
interface Model {
  getSignature(index: number): { inputNames(): Vector<string>; outputNames(): Vector<string> };
  getInputTensorType(signature: number, index: number): TensorType;
  getOutputTensorType(signature: number, index: number): TensorType;
  delete(): void;
}
interface Compiled {
  run(signature: number, inputs: readonly Buffer[]): Promise<readonly Buffer[]> | readonly Buffer[];
  delete(): void;
}

const TYPES: Readonly<Record<number, TensorInfo['type']>> = {
  1: 'float32',
  2: 'int32',
  3: 'uint8',
  4: 'int64',
  6: 'bool',
  7: 'int16',
  9: 'int8',
  10: 'float16',
};

const PROBE = 16 * 2 ** 20;

const silent = (): void => {};

let loading: Promise<LiteRt> | undefined;

/** The runtime, loaded once for a process (about 100 ms). One thread, no network, no GPU. */
export function loadLiteRt(): Promise<LiteRt> {
  loading ??= startLiteRt();
  return loading;
}

/** Begin to load the runtime while something else is done; what goes wrong shows when it is used. */
export const prepareLiteRt = (): void => void loadLiteRt().catch(silent);

/**
 * Of the runtime's 9,000 functions a build calls a few hundred, most of them seldom: checking all of them before the first
 * call, and optimizing at once what a small network calls often, took half of a build's processor time. V8's own budget is
 * 1.8 MB of code executed by one function; a large network, or a server, goes through this one in a moment.
 */
const FLAGS = ['--wasm-lazy-validation', '--wasm-tiering-budget=100000000'];

/** A runtime with memory of its own, for measuring it. */
export async function startLiteRt(): Promise<LiteRt> {
  FLAGS.forEach(setFlagsFromString);
  const require = createRequire(import.meta.url);
  // The build without relaxed SIMD: the only one that Node 20 runs without a flag.
  const script = require.resolve('@litertjs/core/wasm/litert_wasm_compat_internal.js');
  const factory = compileFunction(
    `${readFileSync(script, 'utf8')}\nreturn ModuleFactory;`,
    ['require', '__filename', '__dirname'],
    {
      filename: script,
    },
  )(require, script, dirname(script)) as (options: object) => Promise<Bindings>;
  const complaints: string[] = [];
  const wasm = await factory({
    wasmBinary: readFileSync(script.replace(/js$/, 'wasm')),
    print: silent,
    printErr(line: string) {
      if (line.startsWith('ERROR')) complaints.push(line);
    },
  });
  const environment = wasm.LiteRtEnvironment.create(null);
  // It tells of a failure in words alone, and gives back what happened to lie in memory.
  const check = (): void => {
    if (complaints.length > 0) throw refusal(complaints.splice(0));
  };
  return {
    load: (bytes) => loadModel(wasm, environment, bytes, check),
    usedBytes() {
      // Larger than any gap that was left behind, so that it can only stand at the end.
      const end = wasm._malloc(PROBE);
      wasm._free(end);
      return end;
    },
  };
}

const refusal = (complaints: readonly string[]): UserError =>
  new UserError(
    'MODEL_UNSUPPORTED',
    `the runtime refuses the network: ${complaints.map((line) => line.replace(/^ERROR: (\[\S+\] )?/, '')).join('; ')}`,
    'inspect the operators and shapes of the model, and report it where they are right',
  );

async function loadModel(
  wasm: Bindings,
  environment: unknown,
  bytes: Uint8Array,
  check: () => void,
): Promise<LiteRtModel> {
  const pointer = wasm._malloc(bytes.byteLength);
  wasm.HEAPU8.set(bytes, pointer);
  const model = wasm.loadModel(environment, pointer, bytes.byteLength);
  const compiled = await wasm.compileModel(environment, model, { accelerator: 'wasm' });
  check();
  const signature = model.getSignature(0);
  const inputs = describe(signature.inputNames(), (index) => model.getInputTensorType(0, index));
  const outputs = describe(signature.outputNames(), (index) => model.getOutputTensorType(0, index));
  // For all runs alike.
  const buffers = inputs.map(({ type, info }) =>
    wasm.LiteRtTensorBuffer.createManaged(
      environment,
      wasm.LiteRtTensorBufferType.HOST_MEMORY,
      type,
      info.bytes,
    ),
  );
  return {
    inputs: inputs.map(({ info }) => info),
    outputs: outputs.map(({ info }) => info),
    async run(values) {
      inputs.forEach(({ info }, index) => fill(wasm, buffers[index]!, info, values[index]));
      const results = await compiled.run(0, buffers);
      const copies = results.map((buffer, index) => copyOf(wasm, buffer, outputs[index]!.info.bytes));
      check();
      return copies;
    },
    dispose() {
      for (const buffer of buffers) buffer.delete();
      compiled.delete();
      model.delete();
      wasm._free(pointer);
    },
  };
}

const describe = (names: Vector<string>, typeOf: (index: number) => TensorType): Typed[] =>
  list(names).map((name, index) => {
    const type = typeOf(index);
    return {
      type,
      info: {
        name,
        type: TYPES[type.elementType().value] ?? 'other',
        shape: list(type.layout().dimensions()),
        bytes: type.bytes(),
      },
    };
  });

interface Typed {
  readonly type: TensorType;
  readonly info: TensorInfo;
}

function fill(wasm: Bindings, buffer: Buffer, info: TensorInfo, value: Uint8Array | undefined): void {
  if (value?.byteLength !== info.bytes) {
    throw new RangeError(
      `input ${info.name} takes ${info.bytes} bytes, got ${value?.byteLength ?? 'nothing'}`,
    );
  }
  wasm.HEAPU8.set(value, buffer.lock(wasm.LiteRtTensorBufferLockMode.WRITE));
  buffer.unlock();
}

/** What a buffer holds; then it is freed. */
function copyOf(wasm: Bindings, buffer: Buffer, bytes: number): Uint8Array {
  const at = buffer.lock(wasm.LiteRtTensorBufferLockMode.READ);
  const copy = wasm.HEAPU8.slice(at, at + bytes);
  buffer.unlock();
  buffer.delete();
  return copy;
}

function list<T>(vector: Vector<T>): T[] {
  const items = Array.from({ length: vector.size() }, (_, index) => vector.get(index));
  vector.delete();
  return items;
}
