// The one place that knows how Google's LiteRT runtime is loaded outside a browser. The package is pinned
// exactly, since this rests on its internal file names and bindings; `test/model/litert.test.ts` is the contract.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { compileFunction } from 'node:vm';
import { UserError } from '../../errors.ts';
import type { Bindings, Buffer, TensorType, Vector } from './litert-bindings.ts';
import { checkSizes, type LoadedModel, type Runtime, type TensorInfo } from './runtime.ts';

/** LiteRT, whose memory can be measured. */
export interface LiteRt extends Runtime {
  /** Bytes of the runtime's memory up to the last that is in use. */
  usedBytes(): number;
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

/**
 * The runtime, loaded once for a process (about 100 ms). One thread, no network, no GPU.
 * @throws UserError `RUNTIME` where it does not start
 */
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

/**
 * A runtime with memory of its own, for measuring it.
 * @throws UserError `RUNTIME` where it does not start
 */
export async function startLiteRt(): Promise<LiteRt> {
  try {
    return await start();
  } catch (cause) {
    throw new UserError(
      'RUNTIME',
      `LiteRT does not start on this Node: ${cause instanceof Error ? cause.message : 'it stopped without a word'}`,
      'run Node with WebAssembly (without --jitless) and without a limit on its address space; model run needs neither with --runtime reference',
      { cause },
    );
  }
}

async function start(): Promise<LiteRt> {
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
  // It tells of a failure in words, whether or not it throws; else it gives back what happened to lie in memory.
  const checked = async <T>(work: () => Promise<T> | T): Promise<T> => {
    const { result, cause } = await Promise.resolve()
      .then(work)
      .then(
        (made) => ({ result: made, cause: undefined }),
        (error: unknown) => ({ result: undefined, cause: error }),
      );
    // Nothing may be left for the next network to be blamed for.
    const words = complaints.splice(0);
    if (words.length > 0) throw refusal(words, cause);
    // Errors of JavaScript are ours; the runtime throws others, such as for a file that it cannot make sense of.
    if (cause instanceof RangeError || cause instanceof TypeError) throw cause;
    if (cause !== undefined)
      throw refusal([cause instanceof Error ? cause.message : 'it stopped without a word'], cause);
    return result as T;
  };
  return {
    name: 'LiteRT',
    load: (bytes) => loadModel(wasm, environment, bytes, checked),
    usedBytes() {
      // Larger than any gap that was left behind, so that it can only stand at the end.
      const end = wasm._malloc(PROBE);
      wasm._free(end);
      return end;
    },
  };
}

type Checked = <T>(work: () => Promise<T> | T) => Promise<T>;

const refusal = (complaints: readonly string[], cause: unknown): UserError =>
  new UserError(
    'MODEL_UNSUPPORTED',
    `the runtime refuses the network: ${complaints.map((line) => line.replace(/^ERROR: (\[\S+\] )?/, '')).join('; ')}`,
    'inspect the operators and shapes of the model, and report it where they are right',
    { cause },
  );

async function loadModel(
  wasm: Bindings,
  environment: unknown,
  bytes: Uint8Array,
  checked: Checked,
): Promise<LoadedModel> {
  const pointer = wasm._malloc(bytes.byteLength);
  wasm.HEAPU8.set(bytes, pointer);
  const model = await checked(() => wasm.loadModel(environment, pointer, bytes.byteLength));
  const compiled = await checked(() => wasm.compileModel(environment, model, { accelerator: 'wasm' }));
  const signature = model.getSignature(0);
  const inputs = describe(signature.inputNames(), (index) => model.getInputTensorType(0, index));
  const outputs = describe(signature.outputNames(), (index) => model.getOutputTensorType(0, index));
  const infos = inputs.map(({ info }) => info);
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
    inputs: infos,
    outputs: outputs.map(({ info }) => info),
    run: (values) =>
      checked(async () => {
        checkSizes(infos, values);
        buffers.forEach((buffer, index) => fill(wasm, buffer, values[index]!));
        const results = await compiled.run(0, buffers);
        return results.map((buffer, index) => copyOf(wasm, buffer, outputs[index]!.info.bytes));
      }),
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

function fill(wasm: Bindings, buffer: Buffer, value: Uint8Array): void {
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
