// What runs on a device.

import type { Construct } from 'constructs';
import type { Accelerators, ClassSpec } from './class-spec.ts';
import type { InClusterSpec, SpreadSpec } from './in-cluster-spec.ts';
import type { Suppression } from './suppression.ts';
import type {
  CpuQuantity,
  Duration,
  ImageReference,
  MemoryQuantity,
  ObjectName,
  UrlString,
} from './units.ts';

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
  /** Replicas that share the requests of a cluster, instead of a server on every device for the device's own. */
  readonly spread?: SpreadSpec;
  /** What moves the replicas of one cluster to a new version, instead of Kubernetes' own rolling update. */
  readonly inCluster?: InClusterSpec;
  /** Findings about this workload accepted with a reason. */
  readonly ignore?: readonly Suppression[];
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
 * What serves a model.
 * @discriminator kind
 */
export type ServerSpec = TensorflowServingSpec | BreakwaterServerSpec | ContainerServerSpec;

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

/**
 * Breakwater's own server: `breakwater model serve` in an image, for every architecture, on the processor alone.
 * Paths and metrics are TensorFlow Serving's. Made by {@link breakwaterServer}.
 */
export interface BreakwaterServerSpec {
  readonly kind: 'breakwater';
  /** Image by digest. */
  readonly image: ImageReference;
  /**
   * Largest body of a request. Several are in memory at once, so that the server takes eight times as much.
   * @default "4Mi"
   */
  readonly maxBody?: MemoryQuantity;
  /**
   * Most requests that wait or run; one more is refused with 503.
   * @minimum 1
   * @asType integer
   * @default 32
   */
  readonly maxRequests?: number;
  /** Memory of the server without a model, as measured on the device, instead of what we measured. */
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
    /**
     * 95th percentile of `latency` above which a device is slow, in the unit of its buckets. One of their bounds, and not
     * the last: a percentile is known no better than its bucket.
     * @exclusiveMinimum 0
     */
    readonly slowAbove?: number;
    /**
     * Gauge of the bytes that the server holds, as a series selector: above nine tenths of its limit it is near it.
     * Breakwater's own server tells `container_memory_working_set_bytes`.
     */
    readonly memory?: string;
    /** Counter that begins again whenever the server does, as a series selector; `requests` is one. */
    readonly restarts?: string;
    /** Counter of what was killed for memory on the device, as a series selector. */
    readonly outOfMemory?: string;
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
