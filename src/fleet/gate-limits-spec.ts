/** A gate's limit that is not the default. */
export interface GateLimitSpec {
  /** @minimum 0 */
  readonly limit: number;
  /**
   * Why the default does not fit. It stands beside the verdict, in the report and in the lock.
   * @minLength 1
   */
  readonly reason: string;
}

/** Limits of a model's gates that are tighter or looser than the defaults; `breakwater explain` knows each gate. */
export interface GateLimitsSpec {
  /** Gate `parity`: farthest that folding and fusing may move an output, as a share of the outputs' range. Default: 0.0001. */
  readonly parityRatio?: GateLimitSpec;
  /** Gate `saturation`: most values of an activation beyond its range, in percent. Default: 1. */
  readonly saturatedPercent?: GateLimitSpec;
  /** Gate `saturation`: fewest of its 256 codes that an activation may use without a warning. Default: 16. */
  readonly codes?: GateLimitSpec;
  /** Gate `divergence`: least signal to quantization noise at an output, in dB. Default: 20. */
  readonly sqnrDb?: GateLimitSpec;
  /** Gate `divergence`: samples on which both networks must name the same class, in percent. Default: 99. */
  readonly agreementPercent?: GateLimitSpec;
}
