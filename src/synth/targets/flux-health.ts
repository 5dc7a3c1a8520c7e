/** In parts per thousand, rounded up: Common Expression Language has no mixed arithmetic. */
const permille = (ratio: number): number => Math.ceil(Number((ratio * 1000).toPrecision(12)));

/**
 * When Flux calls a DaemonSet healthy: all but a declared share of its devices run the new pods, and all but that
 * share are available. The share is at least one device, where there is more than one: a plain share of a small
 * cluster would tolerate nobody.
 *
 * A share and not all, since a device that is off would hold every wave. Fields that are zero are not there, hence
 * `has`. Flux itself compares `observedGeneration` with the object's.
 *
 * @param offline share of devices expected offline, 0 to 1
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#health-check-expressions
 */
export function daemonSetHealth(offline: number): string {
  const desired = 'status.desiredNumberScheduled';
  const share = `${desired} * ${permille(offline)} / 1000`;
  const tolerated = offline === 0 ? '0' : `(${desired} < 2 ? 0 : (${share} > 1 ? ${share} : 1))`;
  const enough = (field: string): string =>
    `${desired} - (has(status.${field}) ? status.${field} : 0) <= ${tolerated}`;
  return ['has(status.observedGeneration)', enough('updatedNumberScheduled'), enough('numberAvailable')].join(
    ' && ',
  );
}
