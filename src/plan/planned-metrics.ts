import type { FleetSpec, ModelServerSpec } from '../fleet/spec.ts';
import { parseBytes } from '../fleet/units.ts';
import { UserError } from '../errors.ts';
import type { Plan, PlannedMetrics, PlannedTrouble, TroubleKind } from './plan.ts';

/** Share of a memory limit from which on a server is near it; a judgement: what is above is a large request away. */
const NEAR_LIMIT = 0.9;

/**
 * The selectors of the workloads that send telemetry, in order of their names.
 * @throws UserError `FLEET_SYNTH` for a latency to compare where no histogram is named
 */
export function metricsOf({ workloads, classes }: FleetSpec): Pick<Plan, 'metrics'> {
  const found = Object.entries(workloads).flatMap(([name, workload]): [string, PlannedMetrics][] => {
    if (typeof workload === 'function' || workload.telemetry === undefined) return [];
    const { errors, requests } = workload.telemetry.metrics;
    const trouble = troubleOf(name, workload, Object.keys(classes).toSorted());
    return [[name, { errors, requests, ...(Object.keys(trouble).length === 0 ? {} : { trouble }) }]];
  });
  return found.length === 0 ? {} : { metrics: Object.fromEntries(found.toSorted(byName)) };
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

function troubleOf(
  name: string,
  { telemetry, memory }: ModelServerSpec,
  classes: readonly string[],
): Partial<Record<TroubleKind, PlannedTrouble>> {
  const metrics = telemetry!.metrics;
  const { latency, slowAbove } = metrics;
  if (slowAbove !== undefined && latency === undefined) {
    throw new UserError(
      'FLEET_SYNTH',
      `telemetry.metrics.slowAbove of workload "${name}" is ${slowAbove}, and no latency is named to compare with it`,
      'name the histogram: latency',
    );
  }
  const above = (of: (className: string) => number): Record<string, number> =>
    Object.fromEntries(classes.map((className) => [className, of(className)]));
  const limit = (className: string): number =>
    parseBytes(typeof memory === 'object' ? memory.byClass[className]! : memory);
  return {
    ...(metrics.memory === undefined
      ? {}
      : {
          nearMemoryLimit: {
            series: metrics.memory,
            above: above((className) => Math.floor(limit(className) * NEAR_LIMIT)),
          },
        }),
    ...(metrics.outOfMemory === undefined ? {} : { outOfMemory: { series: metrics.outOfMemory } }),
    ...(metrics.restarts === undefined ? {} : { restarted: { series: metrics.restarts } }),
    ...(latency === undefined || slowAbove === undefined
      ? {}
      : { slow: { series: bucketsOf(latency), above: above(() => slowAbove) } }),
  };
}

/** The series of a histogram's buckets: `a` and `a_bucket` alike, with or without matchers. */
const bucketsOf = (histogram: string): string =>
  histogram.replace(/^(\s*[a-zA-Z_:][a-zA-Z0-9_:]*?)(?:_bucket)?(?=\s*(?:\{|$))/, '$1_bucket');
