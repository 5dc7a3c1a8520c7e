// How clusters get what is generated.

import type { Duration, Label, ObjectName, Percent, UrlString } from './units.ts';

/**
 * How releases reach clusters.
 * @discriminator kind
 */
export type Delivery = FluxDelivery | ArgoCdDelivery;

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

/** Delivery by Argo CD. Made by {@link argocd}. */
export interface ArgoCdDelivery {
  readonly kind: 'argocd';
  readonly source: Source;
  /** How often Argo CD asks the source: what `timeout.reconciliation` in its ConfigMap `argocd-cm` says. */
  readonly interval: Duration;
  /**
   * `hub`: one Argo CD applies to all clusters, by ApplicationSets. `pull`: each cluster has an Argo CD of its own,
   * and no hub has to reach it.
   * @default "hub"
   */
  readonly mode?: 'hub' | 'pull';
  /**
   * Argo CD's namespace.
   * @default "argocd"
   */
  readonly namespace?: Label;
  /**
   * Argo CD's project of the Applications.
   * @default "default"
   */
  readonly project?: ObjectName;
  /**
   * Order of the clusters that one commit moves, on a hub with progressive syncs: a step begins when every cluster
   * of the one before is healthy. Without, all of them sync at once.
   * @minItems 1
   */
  readonly steps?: readonly ArgoCdStep[];
  /**
   * Most Applications in one ApplicationSet; with more, it is cut into several. Argo CD keeps the status of no more.
   * @minimum 1
   * @maximum 5000
   * @asType integer
   * @default 4500
   */
  readonly maxApplications?: number;
}

/** Clusters that sync together, by slice. */
export interface ArgoCdStep {
  /** Share of the clusters that are in sync once this step is done; one of the cuts between slices. The last ends at 100 %. */
  readonly percent: Percent;
  /** How many of them at once. 0: none, until somebody writes another number. Default: all. */
  readonly maxUpdate?: UpdateCount | UpdateShare;
}

/**
 * So many.
 * @minimum 0
 * @asType integer
 */
export type UpdateCount = number;

/**
 * A share such as `10%`: rounded down, and one at least.
 * @pattern ^(100|[1-9]?[0-9])%$
 */
export type UpdateShare = string;

/**
 * Where clusters pull from.
 * @discriminator kind
 */
export type Source = GitSource | OciSource;

/** What a source's host takes from all clusters together. */
export interface SourceLimit {
  /**
   * Requests per second that the host of the source answers.
   * @exclusiveMinimum 0
   */
  readonly requestsPerSecond: number;
}

/** A Git repository. Made by {@link git}. */
export interface GitSource {
  readonly kind: 'git';
  readonly url: UrlString;
  readonly branch: string;
  /** Secret in `flux-system`, for Flux. Argo CD finds credentials by the URL. */
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
  /** Secret in `flux-system`, for Flux. Argo CD finds credentials by the URL. */
  readonly secretRef?: ObjectName;
  readonly limit?: SourceLimit;
}
