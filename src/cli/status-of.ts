import { startBudget } from '../plan/budget.ts';
import { freezeAt } from '../plan/freeze.ts';
import { fitting, roomFor } from '../plan/harm.ts';
import { judgedWave } from '../plan/judged-wave.ts';
import { nextStep } from '../plan/next-step.ts';
import type { GateWord } from '../plan/promote-options.ts';
import { tellHarm } from '../plan/promotion-told.ts';
import { runsOf, sizeOf, sizeOfAll } from '../plan/movement.ts';
import type { PlanFile, PlannedWave, ReleaseId, SliceName } from '../plan/plan.ts';
import { soakOf, tellSoak } from '../plan/soak.ts';
import type { ClassState, RolloutState } from '../plan/state.ts';
import type { ClassStatus, FleetStatus, NextMove, WaveStatus } from '../report/status.ts';
import type { PointerHistory } from './pointer-history.ts';

/** What gates have written down. */
export interface GateBooks {
  /** What is recorded of a class's release on a wave. */
  readonly recordOf: (name: string, release: ReleaseId, wave: string) => WaveStatus['gate'];
  /** What speaks against a step; `undefined` where people decide. */
  readonly gate: GateWord | undefined;
}

/** Where a fleet's rollout stands, and what would move next. Pure. */
export function statusOf(
  state: RolloutState,
  plan: PlanFile,
  history: PointerHistory,
  gate: GateBooks,
  nowMs: number,
): FleetStatus {
  return {
    fleet: plan.fleet,
    clusters: plan.total.clusters,
    devices: plan.total.devices,
    classes: Object.entries(state.classes).map(([name, of]): ClassStatus => ({
      class: name,
      clusters: plan.classes[name]?.clusters ?? 0,
      devices: plan.classes[name]?.devices ?? 0,
      wanted: plan.wanted[name]?.release ?? runsOf(of, plan.slices[0]!.name),
      settled: of.settled,
      rejected: of.rejected,
      answered: [
        ...state.early.map((entry) => Object.assign({}, entry, { against: 'soak' as const })),
        ...(state.overrides ?? []),
      ].filter((entry) => entry.class === name),
      waves: plan.waves.flatMap((wave) => wavesOf(of, name, wave, plan, history, gate)),
      next: nextOf(of, name, plan, { ...history, ...gate }, nowMs),
    })),
  };
}

/** A wave's slices by what they run, in the order of its slices. */
function wavesOf(
  state: ClassState,
  name: string,
  wave: PlannedWave,
  plan: PlanFile,
  history: PointerHistory,
  { recordOf }: GateBooks,
): readonly WaveStatus[] {
  const releases = [...new Set(wave.slices.map((slice) => runsOf(state, slice)))];
  return releases.map((runs) => {
    const slices = wave.slices.filter((slice) => runsOf(state, slice) === runs);
    // A whole wave is counted as planned; parts are summed slice by slice.
    const whole = releases.length === 1 ? wave.classes[name] : undefined;
    const { clusters, devices } = whole ?? sizeOfAll(plan, slices, name);
    return {
      wave: wave.name,
      percent: wave.percent,
      clusters,
      devices,
      runs,
      since: sinceOf(slices, name, history),
      gate: runs === state.settled ? null : recordOf(name, runs, wave.name),
    };
  });
}

function sinceOf(slices: readonly SliceName[], name: string, history: PointerHistory): WaveStatus['since'] {
  const commits = slices.map((slice) => history.commitOf(name, slice));
  const youngest = commits.reduce((latest, commit) =>
    latest === undefined || commit === undefined ? undefined : commit.time > latest.time ? commit : latest,
  );
  return youngest === undefined ? null : { commit: youngest.commit, time: isoMinute(youngest.time) };
}

/** What a promotion of this class alone would do now: as much of the next wave as the budget allows. */
export function nextOf(
  state: ClassState,
  name: string,
  plan: PlanFile,
  { lastMove, gate }: Pick<PointerHistory, 'lastMove'> & Partial<Pick<GateBooks, 'gate'>>,
  nowMs: number,
): NextMove {
  const step = nextStep(state, plan);
  if (step === undefined) {
    const release = runsOf(state, plan.slices[0]!.name);
    return { state: 'settled', release, reason: `every slice runs ${release}` };
  }
  const judged = judgedWave(step, plan, name);
  const mayHarm = plan.budget.maxHarmedDevices ?? Number.POSITIVE_INFINITY;
  const devicesOf = (slice: SliceName): number => sizeOf(plan, slice, name).devices;
  const room = roomFor({ class: name, step, judged }, plan, { lastMove, nowMs }, mayHarm);
  const safe = fitting(step.slices, devicesOf, room);
  const take = startBudget(plan.budget.maxDevicesPerPromotion ?? Number.POSITIVE_INFINITY);
  const { slices } = take(safe, devicesOf);
  const what = {
    wave: step.wave.name,
    release: step.release,
    ...sizeOfAll(plan, slices, name),
    ...(judged === undefined ? {} : { judged: judged.wave.name }),
  };
  const stop = refusal(state, step.release);
  if (stop !== undefined) return { ...what, state: 'waiting', dueAt: null, reason: stop };
  const soak = soakOf(step, name, lastMove);
  const dueAt = soak.dueAt === undefined ? null : isoMinute(soak.dueAt);
  const due = soak.requiredMs === 0 || (soak.dueAt !== undefined && soak.dueAt <= nowMs);
  const waiting = (reason: string): NextMove => ({ ...what, state: 'waiting', dueAt, reason });
  if (!due) return waiting(tellSoak(step, soak, nowMs));
  const word = judged && gate?.({ class: name, step, judged, early: false });
  if (word !== undefined) return waiting(`${word.message}: ${word.fix}`);
  const freeze = freezeAt(plan.freeze, nowMs);
  if (freeze !== undefined) {
    return waiting(`nothing is promoted until ${isoMinute(freeze.untilMs)}: ${freeze.reason}`);
  }
  if (safe.length === 0) return waiting(tellHarm(step, room, plan, devicesOf(step.slices[0]!)).message);
  const first =
    gate === undefined && judged !== undefined ? `${toDecide(plan, judged.wave.name)}, then ` : '';
  return { ...what, state: 'due', dueAt, reason: `${first}run breakwater promote ${plan.fleet}` };
}

/** What comes before a promotion where nobody has asked for the gate's record. */
const toDecide = ({ fleet, gate }: PlanFile, wave: string): string =>
  gate.by === 'human' ? `look at wave ${wave}` : `run breakwater gate ${fleet} --wave ${wave} --record`;

function refusal(state: ClassState, release: ReleaseId): string | undefined {
  if (state.rejected.some((rejected) => rejected.release === release)) return 'it is rejected';
  return state.settled === release ? 'it is the settled release, handed on by a rollback only' : undefined;
}

/** `2026-11-25T00:12Z`. */
const isoMinute = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16)}Z`;
