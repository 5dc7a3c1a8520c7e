// What devices a fleet has, and how many.

import type { Suppression } from './suppression.ts';
import type { BitRate, CpuQuantity, K3sMinor, Label, MemoryQuantity, Ratio } from './units.ts';

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
