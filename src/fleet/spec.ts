// The one description of a fleet. `npm run generate` turns it, comments included, into
// schemas/fleet.schema.json, which ajv enforces.

import type { Construct } from 'constructs';
import type {
  BitRate,
  CpuQuantity,
  DateString,
  Duration,
  ImageReference,
  K3sMinor,
  Label,
  MemoryQuantity,
  ObjectName,
  Percent,
  Ratio,
  UrlString,
} from './units.ts';

/** What an engineer writes in `fleets/`. C: names of classes; M: names of models; W: how plain cdk8s workloads are written; D: how models are. */
export interface FleetSpec<
  C extends string = string,
  M extends string = string,
  W = ConstructWorkload,
  D = ModelSpec,
> {
  /**
   * Names the namespace, the Kustomizations and the folder under `generated/`. May not end in `-release`:
   * that is the name of another fleet's child Kustomization.
   */
  readonly name: Label;
  /** The kinds of device. A cluster's devices are all of one class. */
  readonly classes: Readonly<Record<C, ClassSpec>>;
  /** Which clusters exist: counts per class and region, or a CSV file of clusters. */
  readonly inventory: Inventory<NoInfer<C>>;
  /** The models that workloads serve, by name. */
  readonly models?: Readonly<Record<M, D>>;
  /** What runs on every device, by name. */
  readonly workloads: Readonly<Record<string, Workload<NoInfer<C>, NoInfer<M>, W>>>;
  /** Objects that others make in the fleet's namespace: referred to, never generated. */
  readonly external?: ExternalObjects;
  readonly rollout: RolloutSpec;
  readonly delivery: FluxDelivery;
  /** Findings accepted with a reason. */
  readonly ignore?: readonly Suppression[];
}

/** A kind of device: one board or machine is one K3s node. */
export interface ClassSpec {
  /** Architecture as Go names it. */
  readonly arch: 'amd64' | 'arm64' | 'arm';
  /** Memory of one device. */
  readonly memory: MemoryQuantity;
  /** Processors of one device. */
  readonly cpu: CpuQuantity;
  /** Disk of one device. */
  readonly disk: MemoryQuantity;
  /** Minor version of K3s, such as `1.36`. */
  readonly k3s: K3sMinor;
  /**
   * How many of a cluster's devices are K3s servers and carry its control plane; the rest are agents.
   * @minimum 1
   * @asType integer
   */
  readonly servers: number;
  /** One cluster's link to the outside. */
  readonly uplink: BitRate;
  /** Share of devices expected offline: `always-on` is 1 %, `flaky` 10 %. */
  readonly availability: 'always-on' | 'flaky';
  /** Share of devices expected offline, instead of what `availability` stands for. */
  readonly offline?: Ratio;
  /**
   * Most devices in one cluster. The inventory is checked against it; `maxUnavailable` follows from it.
   * @minimum 1
   * @asType integer
   */
  readonly maxDevicesPerCluster: number;
  /** Extended resources of one device, such as `nvidia.com/gpu`. */
  readonly accelerators?: Accelerators;
  /**
   * Whether a cluster's devices share what they pull (K3s embedded registry) or pull each for itself.
   * @default "per-device"
   */
  readonly pull?: 'shared' | 'per-device';
  /** What K3s and its packaged components take of a device's memory, measured on the real device, instead of our default. */
  readonly k3sMemory?: { readonly server: MemoryQuantity; readonly agent: MemoryQuantity };
  /** What the kubelet reports as allocatable, where kube-reserved or system-reserved are set; default: all of it. */
  readonly allocatable?: { readonly memory?: MemoryQuantity; readonly cpu?: CpuQuantity };
  /** The name this class had before: its pointers are carried over. */
  readonly renamedFrom?: Label;
  /** Findings about this class accepted with a reason. */
  readonly ignore?: readonly Suppression[];
}

/** Extended resources by name, such as `nvidia.com/gpu`. */
export type Accelerators = Readonly<Record<string, Units>>;

/**
 * Whole units of an extended resource.
 * @minimum 0
 * @asType integer
 */
export type Units = number;

/** Which clusters exist. */
export type Inventory<C extends string = string> = CsvInventory | readonly ClusterCount<C>[];

/** Clusters in a CSV file with the header `cluster,class,region,devices[,slice]`. Made by {@link csv}. */
export interface CsvInventory {
  readonly kind: 'csv';
  /** Path of the file, from the folder of the definition. */
  readonly path: string;
}

/** So many clusters of one class in one region, where they have no names yet. */
export interface ClusterCount<C extends string = string> {
  readonly class: C;
  /**
   * Name of a region without quotes and backslashes: for humans, maps and class cover.
   * @pattern ^[^\s"\\]([^"\\]*[^\s"\\])?$
   */
  readonly region: string;
  /**
   * @minimum 0
   * @asType integer
   */
  readonly clusters: number;
  /**
   * @minimum 1
   * @asType integer
   */
  readonly devicesPerCluster: number;
}

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
  /** The trained network: a Keras `.h5`, or a float `.tflite`. */
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

/** One value for all classes, or one for each. */
export type PerClass<C extends string, T> = T | ByClass<C, T>;

/** A value for each class. Made by {@link byClass}. */
export interface ByClass<C extends string, T> {
  readonly byClass: Readonly<Record<C, T>>;
  /**
   * Never there. Its type makes a class too many not compile: a record with more names than asked for would.
   * @hidden
   */
  readonly [names]?: string extends C ? never : C;
}

declare const names: unique symbol;

/**
 * What runs on every device.
 * @discriminator kind
 */
export type Workload<C extends string = string, M extends string = string, W = ConstructWorkload> =
  | ModelServerSpec<C, M>
  | W;

/** A model server with its telemetry agent on every device. Made by {@link modelServer}. */
export interface ModelServerSpec<C extends string = string, M extends string = string> {
  readonly kind: 'model-server';
  /** A key of the fleet's `models`. */
  readonly model: M;
  readonly server: PerClass<C, ServerSpec>;
  /** Memory request and limit of the server's container. */
  readonly memory: PerClass<C, MemoryQuantity>;
  /** CPU request and limit of the server's container. */
  readonly cpu: PerClass<C, CpuQuantity>;
  /**
   * Ephemeral storage request and limit of the server's container: logs and temporary files.
   * @default "64Mi"
   */
  readonly ephemeralStorage?: PerClass<C, MemoryQuantity>;
  /**
   * Longest time from the container's start until the model answers, on the slowest device.
   * @default "60s"
   */
  readonly loadTime?: PerClass<C, Duration>;
  /** Image that copies the model into place where K3s has no image volumes (before 1.35): the model's files appended to a small image with `cp`. */
  readonly copier?: PerClass<C, ImageReference>;
  /** Extended resources of the server's container, such as `nvidia.com/gpu`. */
  readonly accelerators?: PerClass<C, Accelerators>;
  readonly telemetry?: TelemetrySpec;
  /** Findings about this workload accepted with a reason. */
  readonly ignore?: readonly Suppression[];
}

/**
 * What serves a model.
 * @discriminator kind
 */
export type ServerSpec = TensorflowServingSpec | ContainerServerSpec;

/** TensorFlow Serving. Made by {@link tensorflowServing}. */
export interface TensorflowServingSpec {
  readonly kind: 'tensorflow-serving';
  /** Image by digest. The official one is amd64 only. */
  readonly image: ImageReference;
  /**
   * Interpreters kept ready. TensorFlow Serving's own default is one for each processor, so that memory grows with cores.
   * @minimum 1
   * @asType integer
   * @default 1
   */
  readonly pools?: number;
  /** Memory of the server without a model, as measured on the device. */
  readonly baseMemory?: MemoryQuantity;
}

/** Any server in a container. Made by {@link containerServer}. */
export interface ContainerServerSpec {
  readonly kind: 'container';
  /** Image by digest. */
  readonly image: ImageReference;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly ports: ServerPorts;
  /** Path on the HTTP port that answers 200 once the model is loaded. */
  readonly ready: string;
  /**
   * Path on the HTTP port that serves metrics in Prometheus' text format.
   * @default "/metrics"
   */
  readonly metrics?: string;
  /** Memory of the server without a model. */
  readonly baseMemory?: MemoryQuantity;
}

export interface ServerPorts {
  /**
   * @minimum 1
   * @maximum 65535
   * @asType integer
   */
  readonly http: number;
  /**
   * @minimum 1
   * @maximum 65535
   * @asType integer
   */
  readonly grpc?: number;
}

/** Prometheus 3 in agent mode, beside the server on every device. Made by {@link telemetryAgent}. */
export interface TelemetrySpec {
  /** Image by digest. */
  readonly image: ImageReference;
  /**
   * Memory request and limit.
   * @default "128Mi"
   */
  readonly memory?: MemoryQuantity;
  /**
   * CPU request and limit.
   * @default "100m"
   */
  readonly cpu?: CpuQuantity;
  readonly remoteWrite: {
    readonly url: UrlString;
    /** Secret in the fleet's namespace with the keys `username` and `password`; declared in `external.secrets`. */
    readonly secret?: ObjectName;
  };
  readonly metrics: {
    /** Counter of failed inferences, as a series selector. */
    readonly errors: string;
    /** Counter of all inferences, as a series selector. */
    readonly requests: string;
    /** Histogram of latency, as the name of its `_bucket` series. */
    readonly latency?: string;
  };
  /**
   * @default "30s"
   */
  readonly scrapeInterval?: Duration;
  /**
   * How long a device may be offline without losing telemetry. The write-ahead log is sized for it.
   * @default "24h"
   */
  readonly offline?: Duration;
}

/** Plain cdk8s: adds objects to `scope`; runs once for each class. */
export type ConstructWorkload = (scope: Construct, context: WorkloadContext) => unknown;

/** What stands for a {@link ConstructWorkload} in the schema, since JSON has no functions. */
export interface ConstructMarker {
  readonly kind: 'construct';
}

/** What a plain cdk8s workload may know. Nothing in it depends on the inventory. */
export interface WorkloadContext {
  readonly fleet: string;
  /** Name of the class that the objects are for. */
  readonly class: string;
  readonly device: ClassSpec;
  readonly namespace: string;
  /** Name of the workload. */
  readonly workload: string;
  /** ConfigMap with the keys `cluster`, `class`, `slice` and `region`; mutable, so not for a pod's start-up only. */
  readonly identity: string;
  /**
   * An immutable ConfigMap of this workload.
   * @returns the name to mount, which contains the digest of the workload's configuration
   */
  readonly configMap: (name: string, data: Readonly<Record<string, string>>) => string;
}

export interface ExternalObjects {
  readonly secrets?: readonly ObjectName[];
  readonly configMaps?: readonly ObjectName[];
  readonly serviceAccounts?: readonly ObjectName[];
  readonly priorityClasses?: readonly ObjectName[];
  /** Secrets that every generated pod pulls its images with. */
  readonly imagePullSecrets?: readonly ObjectName[];
}

export interface RolloutSpec {
  /**
   * Decides every cluster's slice. Fixed for the fleet's life: another salt moves every cluster.
   * @minLength 1
   */
  readonly salt: string;
  /**
   * In order. The last ends at 100 %.
   * @minItems 1
   */
  readonly waves: readonly WaveSpec[];
  readonly gate: GateSpec;
  readonly budget?: BudgetSpec;
}

export interface WaveSpec {
  readonly name: Label;
  /** Share of the clusters that run the new release once this wave is done; one of the cuts between slices. */
  readonly percent: Percent;
  /** How long the wave must be watched before the next may take over its release. */
  readonly soak?: Duration;
  /**
   * How long between two parts of the wave, where the budget cuts it into parts.
   * @default "1h"
   */
  readonly pause?: Duration;
}

/** What turns evidence into PASS, FAIL or INSUFFICIENT. */
export interface GateSpec {
  /** Share of requests that fail when all is well. */
  readonly baseline: Ratio;
  /** Rise of that share that the gate must see. */
  readonly detect: Ratio;
  /** Probability of a rollback without cause. */
  readonly alpha: Ratio;
  /** Probability of missing a rise of `detect`. */
  readonly beta: Ratio;
  /** Share of failed requests above which to roll back whatever the baseline. */
  readonly ceiling?: Ratio;
  /** Look-back over which requests are counted. */
  readonly window: Duration;
  /** Silence after which a device counts as overdue. */
  readonly overdueAfter?: Duration;
  readonly offline?: { readonly treatAs: 'overdue' | 'exclude' };
}

export interface BudgetSpec {
  /**
   * Most devices that a bad release may harm before it is rolled back.
   * @minimum 1
   * @asType integer
   */
  readonly maxHarmedDevices?: number;
  /**
   * Most devices that one promotion may move.
   * @minimum 1
   * @asType integer
   */
  readonly maxDevicesPerPromotion?: number;
}

/** Delivery by Flux. Made by {@link flux}. */
export interface FluxDelivery {
  readonly kind: 'flux';
  readonly source: Source;
  /** How often a cluster asks the source. */
  readonly interval: Duration;
  /**
   * How long a release may take to become ready.
   * @default "5m"
   */
  readonly timeout?: Duration;
  /**
   * How long after a failure Flux tries again.
   * @default "2m"
   */
  readonly retryInterval?: Duration;
}

/** What a source's host takes from all clusters together. */
export interface SourceLimit {
  /**
   * Requests per second that the host of the source answers.
   * @exclusiveMinimum 0
   */
  readonly requestsPerSecond: number;
}

/**
 * Where clusters pull from.
 * @discriminator kind
 */
export type Source = GitSource | OciSource;

/** A Git repository. Made by {@link git}. */
export interface GitSource {
  readonly kind: 'git';
  readonly url: UrlString;
  readonly branch: string;
  /** Secret in `flux-system`. */
  readonly secretRef?: ObjectName;
  readonly limit?: SourceLimit;
}

/** An OCI artifact. Made by {@link oci}. */
export interface OciSource {
  readonly kind: 'oci';
  /**
   * An OCI repository, such as `oci://registry.example.com/fleets`.
   * @pattern ^oci://[^\s]+$
   */
  readonly url: string;
  /**
   * @default "latest"
   */
  readonly tag?: string;
  /** Secret in `flux-system`. */
  readonly secretRef?: ObjectName;
  readonly limit?: SourceLimit;
}

/** A finding accepted with a reason. Beside its cause: on the fleet, a class or a workload. */
export interface Suppression {
  /** Id of the rule. */
  readonly rule: string;
  /** JSON Pointer at or below which findings are accepted; default: everywhere below the place of this entry. */
  readonly path?: string;
  /**
   * Why it is right here.
   * @minLength 10
   */
  readonly reason: string;
  /** Last day on which it holds. */
  readonly until?: DateString;
}
