// What a built model must pass. Each gate is a value; a new one is one file and one line in the index.

import type { Graph } from '../graph.ts';
import type { LayerProbe } from '../probe.ts';
import type { RuntimeVersion } from '../tflite/runtime.ts';

/** `WARN` is for what people must judge; it does not keep a model from being built. */
export type Verdict = 'PASS' | 'FAIL' | 'INSUFFICIENT' | 'WARN';

/** What both networks made of one output. */
export interface OutputEvidence {
  readonly name: string;
  /** The right class of each sample; `undefined` where there are no labels. */
  readonly labels: readonly number[] | undefined;
  /** Real numbers, sample by sample: of the float network and of what was built, on the same inputs. */
  readonly pairs: readonly { readonly float: Float32Array; readonly built: Float32Array }[];
}

/** What the gates look at. */
export interface Evidence {
  readonly float: Graph;
  readonly built: Graph;
  /** The file that ships. */
  readonly file: Uint8Array;
  /** Each output; none where there are no samples. */
  readonly outputs: readonly OutputEvidence[];
  /** Farthest distance of the fused float network's outputs from those layer by layer, as a share of their range. */
  readonly parity: number | undefined;
  /** Of the int8 activations, where there are samples. */
  readonly layers: readonly LayerProbe[];
  /** The file as a second build made it; absent where it was built once. */
  readonly again?: Uint8Array;
  /** Architectures of the image that is made of the file, and of the classes that are to pull it; absent where none is made. */
  readonly image?: {
    readonly platforms: readonly string[];
    readonly architectures: ReadonlySet<string>;
  };
  /** Median time of a run, where it was measured. */
  readonly milliseconds?: { readonly float: number; readonly built: number };
  readonly limits: GateLimits;
}

/** What a definition may tighten or loosen. */
export interface GateLimits {
  /** Bytes of the file. */
  readonly bytes?: number;
  /** Bytes of one interpreter at its peak. */
  readonly peakMemoryBytes?: number;
  /** What the devices' server has. */
  readonly runtime?: RuntimeVersion;
  /** Most percentage points of accuracy that may be lost. */
  readonly accuracyDropPoints: number;
  /** Least signal to quantization noise, in dB. */
  readonly sqnrDb: number;
  /** Least share of samples on which both agree on the class, a ratio. */
  readonly agreement: number;
  /** Most of the values of an activation beyond its range, a ratio. */
  readonly saturated: number;
  /** Fewest of 256 codes that an activation may use. */
  readonly codes: number;
  /** Farthest that folding and fusing may move an output, as a share of the outputs' range. */
  readonly parity: number;
  /** Why limits are not the defaults, by gate. */
  readonly reasons: Readonly<Record<string, readonly string[]>>;
}

/**
 * Source: the defaults that facts about published int8 models leave room for; each can be changed with a reason. Calibration
 * that covers the data leaves a few values in thousands at the ends; fewer than 16 codes are less than four bits of what was
 * meant to be eight; the last is what float32 rounding may make of folding and fusing.
 */
export const DEFAULT_LIMITS: GateLimits = {
  accuracyDropPoints: 1,
  sqnrDb: 20,
  agreement: 0.99,
  saturated: 0.01,
  codes: 16,
  parity: 1e-4,
  reasons: {},
};

export interface GateResult {
  readonly gate: string;
  readonly verdict: Verdict;
  /** With the numbers and units: lower case, no full stop. */
  readonly message: string;
  /** What to do when it is not a PASS. */
  readonly fix?: string;
}

export interface ModelGate {
  /** Kebab case. */
  readonly id: string;
  /** What it demands, one sentence. */
  readonly summary: string;
  /** Why it matters on a device. */
  readonly why: string;
  /** The page that states what it relies on. */
  readonly source: string;
  /** Whether it measures this machine: such a verdict is told, and stands in no lock. */
  readonly measured?: true;
  /** `undefined` where there is nothing that it could look at. */
  judge(evidence: Evidence): Omit<GateResult, 'gate'> | undefined;
}
