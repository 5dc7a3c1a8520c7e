// What cannot be known offline about an image, as committed in fleets/images.lock.json.

/** By image reference with digest. */
export type ImageLock = Readonly<Record<string, LockedImage>>;

export interface LockedImage {
  /** Platforms as `os/architecture[/variant]`, such as `linux/arm64`. */
  readonly platforms: readonly string[];
  /** Compressed bytes of all layers, as a registry sends them, by platform. */
  readonly bytes?: Readonly<Record<string, number>>;
  /** Where the entry comes from. */
  readonly source: string;
}
