import type { FleetSpec, GateSpec, StatisticalGate } from '../../fleet/spec.ts';
import { formatDuration, parseDuration } from '../../fleet/units.ts';
import { blindZone } from '../../gate/blind-zone.ts';
import type { Plan } from '../../plan/plan.ts';

/** Fleets with fewer devices are gated by people, as the rule small-fleet-by-human has it. */
const FEWEST = 1000;
const SCRAPES = 4;
const DEFAULTS = { scrapeInterval: '30s', overdueAfter: '6h', error: 0.01, baseline: 0.001, cluster: 0.1 };

/** A gate that waves can be designed for: the definition's, with what keeps it from seeing put right. */
export function usableGate({ rollout: { gate }, workloads }: FleetSpec, plan: Plan): GateSpec {
  const scrapes = Object.values(workloads).flatMap((workload) =>
    typeof workload === 'function' || workload.telemetry === undefined
      ? []
      : [parseDuration(workload.telemetry.scrapeInterval ?? DEFAULTS.scrapeInterval)],
  );
  const leastMs = Math.max(1, ...scrapes.map((ms) => SCRAPES * ms));
  const window = parseDuration(gate.window) >= leastMs ? gate.window : formatDuration(leastMs);
  const overdueAfter = gate.overdueAfter ?? DEFAULTS.overdueAfter;
  if (gate.by === 'human' || plan.total.devices < FEWEST) {
    const late = gate.latentAfter === undefined ? {} : { latentAfter: gate.latentAfter };
    return { by: 'human', window, overdueAfter, ...late };
  }
  const { offline, ceiling, correlation, ...rest } = gate;
  const baseline = gate.baseline > 0 && gate.baseline < 0.5 ? gate.baseline : DEFAULTS.baseline;
  const kept = ceiling !== undefined && ceiling > baseline ? ceiling : undefined;
  const alike = Object.values(plan.classes).some(({ clusters, devices }) => devices > clusters);
  const measured = {
    ...correlation,
    ...(alike && correlation?.cluster === undefined ? { cluster: DEFAULTS.cluster } : {}),
  };
  return {
    ...rest,
    baseline,
    detect: detectOf(gate, baseline, kept),
    alpha: errorOf(gate.alpha),
    beta: errorOf(gate.beta),
    ...(kept === undefined ? {} : { ceiling: kept }),
    window,
    overdueAfter,
    ...(offline?.treatAs === 'overdue' ? { offline } : {}),
    ...(Object.keys(measured).length === 0 ? {} : { correlation: measured }),
  };
}

const errorOf = (error: number): number => (error > 0 && error < 0.5 ? error : DEFAULTS.error);

/** A rise that the ceiling alone does not see. */
function detectOf({ detect }: StatisticalGate, baseline: number, ceiling: number | undefined): number {
  const blind = ceiling === undefined ? 1 : blindZone(ceiling, baseline);
  if (detect > 0 && detect < blind && baseline + detect < 1) return detect;
  // Two digits, rounded down.
  return Number(Math.min(2 * baseline, blind / 2).toPrecision(2));
}
