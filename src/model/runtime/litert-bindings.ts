// What of LiteRT's WebAssembly module is used: raw bindings, which its package documents for nobody.

export interface Vector<T> {
  size(): number;
  get(index: number): T;
  push_back(item: T): void;
  delete(): void;
}
export interface TensorType {
  elementType(): { readonly value: number };
  layout(): { dimensions(): Vector<number> };
  bytes(): number;
}
export interface Buffer {
  lock(mode: unknown): number;
  unlock(): void;
  size(): number;
  delete(): void;
}
export interface Bindings {
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
export interface Model {
  getSignature(index: number): { inputNames(): Vector<string>; outputNames(): Vector<string> };
  getInputTensorType(signature: number, index: number): TensorType;
  getOutputTensorType(signature: number, index: number): TensorType;
  delete(): void;
}
export interface Compiled {
  run(signature: number, inputs: readonly Buffer[]): Promise<readonly Buffer[]> | readonly Buffer[];
  delete(): void;
}
