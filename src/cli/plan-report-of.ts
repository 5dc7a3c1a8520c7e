import { gzipSync } from 'node:zlib';
import { asList, asText, within } from '../check/json.ts';
import { containersOf, podTemplates } from '../check/pods.ts';
import { parseBytes } from '../fleet/units.ts';
import type { FleetDiff } from '../output/fleet-diff.ts';
import { exposureOf, reachOf, requestsPerSecond } from '../plan/exposure.ts';
import { parityOf } from '../plan/parity.ts';
import { scheduleOf } from '../plan/schedule.ts';
import { pullOf, transferOf, type DevicePull } from '../plan/transfer.ts';
import type { PlanReport } from '../report/plan/plan-report.ts';
import type { PlacedObject } from '../synth/manifests.ts';
import type { BuiltFleet } from './build-fleets.ts';

/**
 * Work out what follows from a plan and its releases. Pure.
 * @param pending what `synth` would change
 */
export function planReportOf({ loaded, plan, releases }: BuiltFleet, pending: FleetDiff): PlanReport {
  const { spec, file } = loaded;
  const pulls = pullsOf({ loaded, releases });
  const { source } = plan.delivery;
  return {
    file,
    plan,
    pending,
    schedule: scheduleOf(plan),
    exposure: exposureOf(plan),
    pulls,
    transfers: plan.waves.map(({ classes }) =>
      Object.fromEntries(
        Object.entries(classes).map(([name, count]) => [
          name,
          transferOf(pulls[name]?.bytes ?? 0, spec.classes[name]!, count),
        ]),
      ),
    ),
    parity: parityOf(spec, plan),
    reach: reachOf(plan.delivery),
    source: {
      kind: source.kind,
      url: source.url,
      requestsPerSecond: requestsPerSecond(plan.total.clusters, plan.delivery),
      ...(source.limit === undefined ? {} : { limit: source.limit.requestsPerSecond }),
      bytesPerCluster: gzipSync(
        Object.values(releases)
          .flatMap(({ files }) => Array.from(files.values()))
          .join(''),
      ).length,
    },
  };
}

/** By class: what one device pulls for its release. */
export function pullsOf({
  loaded,
  releases,
}: Pick<BuiltFleet, 'loaded' | 'releases'>): Record<string, DevicePull> {
  const { spec, images } = loaded;
  const models = Object.values(spec.models ?? {});
  const sizes = new Map(models.map(({ image, size }) => [image, parseBytes(size)]));
  return Object.fromEntries(
    Object.entries(releases).map(([name, { objects }]) => [
      name,
      pullOf(imagesOf(objects), spec.classes[name]!, images, sizes),
    ]),
  );
}

/** The images that the pods of a release pull: of containers and of volumes. */
function imagesOf(objects: readonly PlacedObject[]): readonly string[] {
  const pods = podTemplates(objects);
  const ofContainers = pods.flatMap(containersOf).map(({ spec }) => spec['image']);
  const volumes = pods.flatMap(({ spec }) => asList(spec['volumes']));
  const ofVolumes = volumes.map((volume) => within(volume, 'image', 'reference'));
  return [...ofContainers, ...ofVolumes].flatMap((image) => asText(image) ?? []);
}
