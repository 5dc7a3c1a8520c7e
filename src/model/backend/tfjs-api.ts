// The part of @tensorflow/tfjs-node that is used here. The package is optional, so its own types are not at hand.

/** A value in the backend's memory, which has to be disposed of. */
export interface TfTensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  dataSync(): Float32Array | Int32Array | Uint8Array;
  dispose(): void;
}

/** An input or output of a signature, as the package reads it from a SavedModel. */
export interface TfSignatureTensor {
  readonly dtype: string;
  readonly name: string;
  /** −1 where a dimension is open; absent where the rank is. */
  readonly shape?: readonly { getSize(): number }[];
}

export interface TfMetaGraph {
  readonly tags: readonly string[];
  readonly signatureDefs: Readonly<
    Record<
      string,
      {
        readonly inputs: Readonly<Record<string, TfSignatureTensor>>;
        readonly outputs: Readonly<Record<string, TfSignatureTensor>>;
      }
    >
  >;
}

export interface TfSavedModel {
  predict(inputs: Readonly<Record<string, TfTensor>>): Readonly<Record<string, TfTensor>>;
  dispose(): void;
}

/** A value that training changes. */
export interface TfVariable extends TfTensor {
  readonly name: string;
  assign(value: TfTensor): void;
}

export interface TfOptimizer {
  /** May be changed from step to step. */
  learningRate: number;
  applyGradients(gradients: Readonly<Record<string, TfTensor>>): void;
  dispose(): void;
}

/** A network of layers that can be trained. */
export interface TfLayersModel {
  readonly layers: readonly TfLayer[];
  readonly trainableWeights: readonly TfLayerVariable[];
  apply(input: TfTensor, options: { readonly training: boolean }): TfTensor;
  dispose(): void;
}

export interface TfLayer {
  readonly name: string;
  readonly weights: readonly TfLayerVariable[];
  /** Of a layer that draws noise. */
  seed?: number;
  setWeights(weights: readonly TfTensor[]): void;
}

/** What holds a variable for a layer. */
export interface TfLayerVariable {
  readonly name: string;
  readonly shape: readonly number[];
  read(): TfVariable;
  write(value: TfTensor): void;
}

export interface Tfjs {
  readonly version: Readonly<Record<string, string>>;
  getBackend(): string;
  backend(): { readonly binding: { readonly TF_Version: string } };
  memory(): { readonly numTensors: number };
  /** Run and dispose of every value made inside but what is returned. */
  tidy<T>(work: () => T): T;
  tensor(values: Float32Array | Int32Array, shape: readonly number[], dtype?: 'float32' | 'int32'): TfTensor;
  variable(initial: TfTensor, trainable?: boolean, name?: string): TfVariable;
  variableGrads(
    loss: () => TfTensor,
    variables: readonly TfVariable[],
  ): { readonly value: TfTensor; readonly grads: Readonly<Record<string, TfTensor>> };
  clone(a: TfTensor): TfTensor;
  dispose(values: readonly TfTensor[]): void;
  abs(a: TfTensor): TfTensor;
  round(a: TfTensor): TfTensor;
  max(a: TfTensor, axes: readonly number[], keepDims: boolean): TfTensor;
  maximum(a: TfTensor, b: number): TfTensor;
  div(a: TfTensor, b: TfTensor | number): TfTensor;
  add(a: TfTensor, b: TfTensor): TfTensor;
  sub(a: TfTensor, b: TfTensor): TfTensor;
  mul(a: TfTensor, b: TfTensor | number): TfTensor;
  matMul(a: TfTensor, b: TfTensor): TfTensor;
  log(a: TfTensor): TfTensor;
  neg(a: TfTensor): TfTensor;
  sum(a: TfTensor, axis?: number): TfTensor;
  mean(a: TfTensor): TfTensor;
  softmax(a: TfTensor): TfTensor;
  logSoftmax(a: TfTensor): TfTensor;
  clipByValue(a: TfTensor, low: number, high: number): TfTensor;
  oneHot(classes: TfTensor, depth: number): TfTensor;
  readonly train: { adam(rate: number): TfOptimizer; sgd(rate: number): TfOptimizer };
  readonly io: { fromMemory(artifacts: object): object };
  loadLayersModel(handler: object): Promise<TfLayersModel>;
  readonly node: {
    getMetaGraphsFromSavedModel(path: string): Promise<readonly TfMetaGraph[]>;
    loadSavedModel(path: string, tags: readonly string[], signature: string): Promise<TfSavedModel>;
  };
}
