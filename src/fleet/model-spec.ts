// What a server serves.

import type { GateLimitsSpec } from './gate-limits-spec.ts';
import type { ImageReference, MemoryQuantity, ObjectName } from './units.ts';

/** A model that is built elsewhere and named by the digest of its image. */
export interface ModelSpec {
  /** The server finds it as `/models/<name>/<version>/model.tflite`. */
  readonly name: ObjectName;
  /** OCI image that holds the model below `/`, by digest. */
  readonly image: ImageReference;
  /** Size of the model's files. */
  readonly size: MemoryQuantity;
  /** Most memory that one interpreter of the model takes: tensor arena and packed weights. */
  readonly peakMemory: MemoryQuantity;
}

/** A model that `breakwater build` makes from a trained network. Paths are taken from the folder of the fleet's definition. */
export interface BuiltModelSpec {
  /** The server finds it as `/models/<name>/1/model.tflite`. Names its lock file too. */
  readonly name: ObjectName;
  /**
   * Repository of its images, without tag or digest, such as `registry.example.com/models/digits`.
   * @pattern ^[^\s@]+$
   */
  readonly repository: string;
  /** The trained network: a Keras `.h5` or `.keras`, a LayersModel's `model.json`, or a float `.tflite`. */
  readonly source: string;
  /**
   * `int8` quantizes weights and activations; `int16x8` keeps activations in 16 bits, for networks that lose too much otherwise;
   * `dynamic` quantizes weights alone; `float16` halves weights; `none` keeps them.
   */
  readonly recipe: 'int8' | 'int16x8' | 'dynamic' | 'float16' | 'none';
  readonly quantization?: QuantizationSpec;
  /**
   * Inputs and outputs of a model whose activations are quantized: `float` for TensorFlow Serving's REST, `int8` for the bare
   * network, which takes and gives codes.
   * @default "float"
   */
  readonly io?: 'float' | 'int8';
  /** Typical inputs, which `int8` and `int16x8` need: an `.npz` with the array `x`, one sample for each index of its first dimension. */
  readonly calibration?: string;
  /** Inputs that were not trained on, with the right class of each: an `.npz` with the arrays `x` and `y`. */
  readonly evaluation?: string;
  /**
   * Version of TensorFlow Lite that the devices' server has, such as `2.16`: what it cannot load is refused, and where it is
   * older than 2.17 matrix products get one scale for all rows.
   * @pattern ^[1-9]\d*\.\d+$
   */
  readonly runtime?: string;
  readonly budget?: ModelBudget;
  /** Where the gates' defaults do not fit. */
  readonly gates?: GateLimitsSpec;
  /** How `breakwater train` makes the source, which is then a `.h5`; without it, the source comes from elsewhere. */
  readonly training?: TrainingSpec;
}

/** What else to try where plain int8 or int16x8 loses too much; other recipes take none of it. */
export interface QuantizationSpec {
  /**
   * What tells the range of an int8 activation: `minmax` all that calibration saw, as TensorFlow's converter does; `percentile`
   * leaves out one value in ten thousand at either end; `mse` takes the range with the least squared error.
   * @default "minmax"
   */
  readonly observer?: 'minmax' | 'percentile' | 'mse';
  /**
   * Layers that compute in something else than the recipe's, by the name of what they make as `breakwater model inspect` shows
   * it; `*` stands for any characters, and the first pattern that fits counts. Such as `{ 'conv1*': 'float' }`.
   */
  readonly layers?: Readonly<Record<string, 'int8' | 'int16x8' | 'float'>>;
  /**
   * Scales of the weights of a matrix product: one for each row, or one for the whole. By default what `runtime` can load.
   */
  readonly dense?: 'row' | 'whole';
  /** Move factors of channels from layer to layer, so that channels with small values share a scale with large ones at less loss. */
  readonly equalize?: boolean;
  /** Put the mean error that rounded weights make into biases. */
  readonly correctBias?: boolean;
}

/** What the gates hold a built model to. */
export interface ModelBudget {
  /** Size of the model's file. */
  readonly size?: MemoryQuantity;
  /** Most memory of one interpreter. */
  readonly peakMemory?: MemoryQuantity;
  /**
   * Most percentage points of accuracy that may be lost against the trained network.
   * @minimum 0
   * @maximum 100
   * @default 1
   */
  readonly accuracyDropPoints?: number;
}

/**
 * How a source network is made from one that exists. What is declared is done in this order: a student learns from it, channels
 * are removed, weights are tuned.
 */
export interface TrainingSpec {
  /** The network to begin with, and the teacher of a student: a Keras `.h5` or `.keras`, or a LayersModel's `model.json`. */
  readonly from: string;
  /** Samples to train on, with the right class of each: an `.npz` with the arrays `x` and `y`. It need not be committed. */
  readonly data: string;
  /**
   * Decides what is held out, the order of samples, and how a student begins.
   * @asType integer
   * @minimum 0
   * @default 0
   */
  readonly seed?: number;
  readonly distil?: DistilSpec;
  readonly prune?: PruneSpec;
  readonly tune?: TuneSpec;
}

/** How long and how fast to train. */
export interface FitSpec {
  /**
   * How often every sample is seen.
   * @asType integer
   * @minimum 1
   */
  readonly epochs?: number;
  /**
   * How far a step goes at the beginning; it falls to nothing.
   * @exclusiveMinimum 0
   * @default 0.001
   */
  readonly learningRate?: number;
  /**
   * Samples of one step.
   * @asType integer
   * @minimum 2
   * @default 64
   */
  readonly batch?: number;
}

/** What is learned from: what the network to begin with makes of each sample, and the labels. */
export interface TeachSpec extends FitSpec {
  /**
   * How much what the first network thinks of wrong classes counts.
   * @minimum 1
   * @default 4
   */
  readonly temperature?: number;
  /**
   * Share of the labels in what is learned.
   * @minimum 0
   * @maximum 1
   * @default 0.1
   */
  readonly labels?: number;
}

/** A smaller network learns; 20 epochs by default. */
export interface DistilSpec extends TeachSpec {
  /**
   * The student is the first network with this share of each layer's channels. Half is a quarter of the parameters.
   * @exclusiveMinimum 0
   * @exclusiveMaximum 1
   */
  readonly width?: number;
  /**
   * Whether a student of a width begins with the channels of the first network that have the most weights, or anew.
   * @default true
   */
  readonly inherit?: boolean;
  /** Or a network of its own, as `from`; it begins with the weights that it has. */
  readonly student?: string;
  /**
   * Whether samples are shown mixed, two at a time in random shares, as if there were more of them. It wants more epochs.
   * @default false
   */
  readonly mix?: boolean;
}

/** Whole channels are removed, those with the least weights first, and what is left learns to do without; 10 epochs by default. */
export interface PruneSpec extends TeachSpec {
  /**
   * Share of each layer's channels to remove, of layers whose channels nothing outside needs.
   * @exclusiveMinimum 0
   * @exclusiveMaximum 1
   */
  readonly channels: number;
  /**
   * In how many steps, each with its share of the epochs.
   * @asType integer
   * @minimum 1
   * @default 2
   */
  readonly rounds?: number;
}

/** The network is trained on with the weights that will be left of its own; 3 epochs by default. */
export interface TuneSpec extends TeachSpec {
  /**
   * `int8` computes with rounded weights, `float` with exact ones.
   * @default "int8"
   */
  readonly weights?: 'int8' | 'float';
}
