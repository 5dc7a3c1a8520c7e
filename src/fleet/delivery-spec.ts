// How clusters get what is generated.

import type { Duration, ObjectName, UrlString } from './units.ts';

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
