import { inventoryRows } from '../../fleet/inventory.ts';
import { SLICE_NAMES } from '../../plan/movement.ts';
import { transferOf } from '../../plan/transfer.ts';
import { planFleet } from '../../plan/waves.ts';
import type { DesignReport } from '../../report/plan/design.ts';
import type { BuiltFleet } from '../build-fleets.ts';
import { pullsOf } from '../plan-report-of.ts';
import { designRollout, remarksOn } from './design.ts';
import { usableGate } from './usable-gate.ts';

const HOUR = 3_600_000;

/** Design a fleet's rollout, and hold the result against the rules once more, as if it had been pasted. */
export function designReportOf({ loaded, plan, releases }: BuiltFleet): DesignReport {
  const { spec, file } = loaded;
  const hours = Object.entries(pullsOf({ loaded, releases })).map(
    ([name, { bytes }]) => transferOf(bytes, spec.classes[name]!, plan.classes[name]!).slowestHours,
  );
  const gate = usableGate(spec, plan);
  const { rollout } = designRollout({ spec, plan, gate, pullMs: Math.max(0, ...hours) * HOUR });
  const pasted = { ...spec, rollout };
  const designed = planFleet(pasted, inventoryRows(loaded, SLICE_NAMES));
  return {
    file,
    defined: plan,
    designed,
    rollout,
    findings: remarksOn(spec, plan).length,
    remarks: remarksOn(pasted, designed),
  };
}
