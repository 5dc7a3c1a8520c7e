import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fleetsOnDisk } from '../output/foreign.ts';
import { nodeFileSystem } from '../output/node-file-system.ts';
import { openFleet, readablePlan } from '../output/open.ts';
import { parsePlan } from '../output/plan-file.ts';
import type { PlanFile } from '../plan/plan.ts';
import type { PlansBefore } from './check-built.ts';
import type { BuiltFleet } from './build-fleets.ts';
import { filesAt } from './git.ts';
import type { Io } from './io.ts';

/** The plans that stand in `generated/` now, without those that cannot be read: `synth` writes them again. */
export function plansOnDisk(fleets: readonly BuiltFleet[], io: Io): PlansBefore {
  const unreadable = new Set<string>();
  const plans = fleetsOnDisk(nodeFileSystem, io.cwd).flatMap((name): PlanFile[] => {
    const opened = openFleet(nodeFileSystem, io.cwd, name);
    if (opened.planText === undefined) return [];
    const plan = readablePlan(opened);
    if (plan !== undefined) return [plan];
    unreadable.add(name);
    return [];
  });
  const before = matchPlans(plans, fleets, io);
  return new Map([...before].filter(([name]) => !unreadable.has(name)));
}

/**
 * The plans that a commit has.
 * @throws UserError `GIT`, `PLAN_SYNTAX`
 */
export function plansAt(ref: string, fleets: readonly BuiltFleet[], io: Io): PlansBefore {
  const files = filesAt(io.cwd, ref, ['generated'], /^generated\/[^/]+\/plan\.json$/);
  const plans = [...files].map(([path, content]) => parsePlan(content.toString('utf8'), `${path} at ${ref}`));
  return matchPlans(plans, fleets, io);
}

/**
 * Give each fleet its plan. One that has none, and the salt of a fleet that nothing defines any more, was renamed:
 * it gets the plan of that fleet.
 */
function matchPlans(plans: readonly PlanFile[], fleets: readonly BuiltFleet[], io: Io): PlansBefore {
  const defined = new Set(fleets.map(({ plan }) => plan.fleet));
  const isDefined = (name: string): boolean =>
    defined.has(name) ||
    ['ts', 'js', 'mjs', 'json'].some((ending) => existsSync(join(io.cwd, 'fleets', `${name}.${ending}`)));
  return new Map(
    fleets.map(({ plan: { fleet, salt } }) => [
      fleet,
      plans.find((plan) => plan.fleet === fleet) ??
        plans.find((plan) => plan.salt === salt && !isDefined(plan.fleet)),
    ]),
  );
}
