/** How alike observations are that share something. Intraclass correlations, 0 (independent) to 1 (copies). */
export interface Correlation {
  /** Of two requests to one device. */
  readonly device: number;
  /** Of two devices of one cluster. */
  readonly cluster: number;
}

/**
 * How many times more observations are needed where they are alike: Kish's design effect with two levels,
 * 1 + (k − 1)ρ_device + k(c − 1)ρ_cluster.
 *
 * @param requests k, of one device
 * @param devices c, of one cluster; where clusters differ in size, of the one that the average device stands in
 * @returns a factor, 1 or more: 3.45 for one request each of 50 devices with ρ 0.05
 * @see https://en.wikipedia.org/wiki/Design_effect
 */
export const designEffect = (requests: number, devices: number, { device, cluster }: Correlation): number =>
  1 + Math.max(0, requests - 1) * device + Math.max(0, requests) * Math.max(0, devices - 1) * cluster;

/**
 * Independent observations in the requests to one device. However many requests: never more than
 * 1/(ρ_device + (c − 1)ρ_cluster): k over the design effect.
 *
 * @returns observations, 0 or more
 * @see https://en.wikipedia.org/wiki/Design_effect
 */
export const observationsPerDevice = (requests: number, devices: number, correlation: Correlation): number =>
  requests <= 0 ? 0 : requests / designEffect(requests, devices, correlation);
