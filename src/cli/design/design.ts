import type { RuleFinding } from '../../check/finding.ts';
import type { FleetSubject, Rule } from '../../check/rule.ts';
import type { RolloutSpec } from '../../fleet/spec.ts';
import { minimumSamples } from '../../gate/minimum-samples.ts';
import { rules } from '../../rules/index.ts';
import { SLICES } from '../../plan/slices.ts';
import { candidateOf, type Candidate, type Wish } from './candidate.ts';

/** More waves than these find nothing that fewer do not. */
const MOST_WAVES = 3;
/** With as many devices a failure of a fifth of them shows with 95 %; a smaller fleet begins with a tenth. */
const LEAST_BY_HUMAN = minimumSamples(0.2, 0.95);

/** What a rule says of a rollout. */
export interface Remark extends Pick<RuleFinding, 'path' | 'message' | 'fix'> {
  readonly rule: string;
  readonly severity: Rule['severity'];
}

/** A rollout with the fewest waves, and of these with the smallest first one, that the rules let pass. */
export interface Design {
  readonly rollout: RolloutSpec;
  /** What rules still say of it: nothing, unless the definition asks for what cannot be had together. */
  readonly remarks: readonly Remark[];
}

/**
 * Look for the fewest waves that every rule about rollouts lets pass: the rules themselves judge each candidate, so
 * that a design can never disagree with them.
 *
 * `gate`, a declared `maxHarmedDevices`, freezes and the salt stay; only where no waves are large enough for the gate,
 * people decide. Where nothing passes, the candidate of which the least is said wins: an error weighs more than any
 * number of warnings.
 */
export function designRollout(wish: Wish): Design {
  const design = fewestWaves(wish);
  const { gate } = wish;
  if (gate.by === 'human' || !hasErrors(design)) return design;
  // Too few devices for this gate, in whatever waves: people can do without statistics.
  const watch = Object.fromEntries(Object.entries(gate).filter(([key]) => WATCHED.has(key)));
  const byHuman = fewestWaves({ ...wish, gate: { window: gate.window, ...watch, by: 'human' } });
  return hasErrors(byHuman) ? design : byHuman;
}

const WATCHED = new Set(['window', 'overdueAfter', 'latentAfter']);

const hasErrors = ({ remarks }: Design): boolean => remarks.some(({ severity }) => severity === 'error');

function fewestWaves(wish: Wish): Design {
  const cuts = SLICES.slice(0, -1).map(({ to }) => to / 100);
  let best:
    | { readonly candidate: Candidate; readonly remarks: readonly Remark[]; readonly weight: number }
    | undefined;
  let firsts = cuts;
  for (let count = 2; count <= MOST_WAVES; count += 1) {
    const good = new Set<number>();
    for (const percents of rising(firsts, cuts, count - 1)) {
      const candidate = candidateOf([...percents, 100], wish);
      if (isTooSmall(candidate)) continue;
      const remarks = remarksOn({ ...wish.spec, rollout: candidate.rollout }, candidate.plan);
      const weight = weightOf(remarks);
      if (weight === 0) return { rollout: candidate.rollout, remarks };
      if (best === undefined || weight < best.weight) best = { candidate, remarks, weight };
      if (!remarks.some(({ path }) => path.startsWith('/rollout/waves/0'))) good.add(percents[0]!);
    }
    // A first wave that is wrong by itself is wrong before others, too.
    firsts = cuts.filter((cut) => good.has(cut));
  }
  const found = best ?? { candidate: candidateOf([10, 100], wish), remarks: [] };
  return { rollout: found.candidate.rollout, remarks: found.remarks };
}

/** What rules say about the rollout of a definition, what the definition accepts with a reason aside. */
export function remarksOn(spec: FleetSubject['spec'], plan: FleetSubject['plan']): Remark[] {
  const accepted = new Set(spec.ignore?.map(({ rule }) => rule));
  return rules
    .filter((rule): rule is Rule<'fleet'> => rule.on === 'fleet' && !accepted.has(rule.id))
    .flatMap((rule) =>
      [...rule.check({ spec, plan })].flatMap((said): Remark[] =>
        'notEvaluated' in said || !said.path.startsWith('/rollout')
          ? []
          : [{ ...said, rule: rule.id, severity: rule.severity }],
      ),
    );
}

const WEIGHTS = { error: 10_000, warning: 100, advice: 1 };

const weightOf = (remarks: readonly Remark[]): number =>
  remarks.reduce((sum, { severity }) => sum + WEIGHTS[severity], 0);

function isTooSmall({ plan }: Candidate): boolean {
  if (plan.gate.by !== 'human') return false;
  return plan.waves[0]!.total.devices < Math.min(LEAST_BY_HUMAN, plan.total.devices / 10);
}

/** Every rising choice of so many cuts, the first from a narrower choice, smaller ones first. */
function* rising(firsts: readonly number[], cuts: readonly number[], count: number): Iterable<number[]> {
  for (const first of firsts) {
    if (count === 1) yield [first];
    else {
      const above = cuts.filter((cut) => cut > first);
      for (const rest of rising(above, above, count - 1)) yield [first, ...rest];
    }
  }
}
