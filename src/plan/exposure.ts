import type { Delivery } from '../fleet/spec.ts';
import { parseDuration } from '../fleet/units.ts';
import type { Plan } from './plan.ts';
import { roundUp } from './round-up.ts';

/** Flux spreads the intervals of its objects by this share, so that clusters do not ask all at once. */
const JITTER = 0.05;
const DEFAULT_TIMEOUT = '5m';

/** Argo CD puts off each Application's look at Git by up to this, in milliseconds (`timeout.reconciliation.jitter`). */
const ARGO_CD_JITTER_MS = 60_000;

/** How long a moved pointer takes until the last online cluster applies it, in milliseconds. */
export interface Reach {
  /** Until every cluster has asked the source: the interval and 5 % of jitter. */
  readonly sourceMs: number;
  /**
   * Longest wait for a health check that is under way and holds the new revision up: `timeout`; none where
   * kustomize-controller runs with the feature gate CancelHealthCheckOnNewRevision.
   */
  readonly healthMs: number;
  /** Both. Clusters that are offline follow when they are back. */
  readonly totalMs: number;
  /** Steps that come one after the other, each as long as its last cluster takes: there is no bound to them. */
  readonly steps?: number;
}

/**
 * How long a rollback takes to reach every online cluster, once it is committed (and, with an OCI source,
 * published). A failed release in its retry pause does not hold it up: a new revision ends the pause.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#health-checks
 */
export function reachOf(delivery: Delivery): Reach {
  const { interval } = delivery;
  if (delivery.kind === 'argocd') {
    // A health check holds nothing up: Argo CD applies what is new and looks at its health afterwards.
    const sourceMs = parseDuration(interval) + ARGO_CD_JITTER_MS;
    const { steps } = delivery;
    return { sourceMs, healthMs: 0, totalMs: sourceMs, ...(steps ? { steps: steps.length } : {}) };
  }
  const { timeout = DEFAULT_TIMEOUT } = delivery;
  const sourceMs = Math.ceil(parseDuration(interval) * (1 + JITTER));
  const healthMs = parseDuration(timeout);
  return { sourceMs, healthMs, totalMs: sourceMs + healthMs };
}

/** How many ask the source: every cluster, or one hub, which asks once for all of them. */
export const askersOf = (clusters: number, delivery: Delivery): number =>
  delivery.kind === 'argocd' && delivery.mode !== 'pull' ? Math.min(1, clusters) : clusters;

/** How many requests the source gets per second: each that asks it does so once in an interval. */
export const requestsPerSecond = (clusters: number, delivery: Delivery): number =>
  askersOf(clusters, delivery) / (parseDuration(delivery.interval) / 1000);

/**
 * What all clusters fetch after one commit, in bytes. A Git source is cloned again at every commit; an OCI
 * artifact is pulled when `generated/` has changed.
 *
 * @param sourceBytes packed size of what one cluster fetches
 */
export const bytesPerCommit = (clusters: number, sourceBytes: number): number => clusters * sourceBytes;

/** Devices that may run a release while it is rolled back. */
export interface Exposure {
  readonly wave: string;
  /** Devices of this wave and those before: all of them, where the release becomes ready and is bad all the same. */
  readonly devices: number;
  /**
   * Where no pod of it becomes ready: `maxUnavailable` of each cluster. A device whose old pod becomes unavailable
   * meanwhile comes on top.
   */
  readonly devicesIfNeverReady: number;
}

/** Exposure once each wave has moved. Expectations are rounded up. */
export function exposureOf(plan: Plan): Exposure[] {
  let devices = 0;
  let neverReady = 0;
  return plan.waves.map(({ name, classes }): Exposure => {
    for (const [of, count] of Object.entries(classes)) {
      devices += count.devices;
      neverReady += Math.min(count.devices, count.clusters * plan.classes[of]!.maxUnavailable);
    }
    return { wave: name, devices: roundUp(devices), devicesIfNeverReady: roundUp(neverReady) };
  });
}
