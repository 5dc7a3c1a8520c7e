// What a server serves.

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
  /** `int8` quantizes weights and activations, `dynamic` weights alone; `float16` halves weights; `none` keeps them. */
  readonly recipe: 'int8' | 'dynamic' | 'float16' | 'none';
  /**
   * Inputs and outputs of an int8 model: `float` for TensorFlow Serving's REST, `int8` for the bare network.
   * @default "float"
   */
  readonly io?: 'float' | 'int8';
  /** Typical inputs, which `int8` needs: an `.npz` with the array `x`, one sample for each index of its first dimension. */
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
