import type { BudgetSpec, FleetSpec, GateSpec, RolloutSpec, WaveSpec } from '../../fleet/spec.ts';
import { parseDuration } from '../../fleet/units.ts';
import { judgedArms, statisticsIn } from '../../gate/arms.ts';
import { detectionMs, unseenShare } from '../../plan/harm.ts';
import type { Plan, PlannedWave } from '../../plan/plan.ts';
import { sumOf } from '../../plan/tally.ts';
import { cutOf, SLICES } from '../../plan/slices.ts';
import { DEFAULT_PAUSE } from '../../plan/waves.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** One part of a wave has no more than so many times the devices that ran the release before; a judgement. */
const GROWTH = 10;
/** Of no failure among n devices it follows, with 95 %, that no more than 3/n of all fail. */
const THREE = 3;

/** What a design starts from. */
export interface Wish {
  readonly spec: FleetSpec;
  /** Of the definition: its slices are the same whatever the waves are. */
  readonly plan: Plan;
  readonly gate: GateSpec;
  /** Until the slowest cluster has pulled a release, in milliseconds. */
  readonly pullMs: number;
}

/** A rollout that may be written, and its plan. */
export interface Candidate {
  readonly rollout: RolloutSpec;
  readonly plan: Plan;
}

/** Waves that end at these cuts, with the soaks, pauses and budget that these waves need. */
export function candidateOf(percents: readonly number[], wish: Wish): Candidate {
  const { spec, gate } = wish;
  const soak = hours(soakMs(wish));
  const pause = hours(detectionMs(gate));
  const bare = percents.map((percent, index): WaveSpec => ({
    name: nameOf(index, percents.length),
    percent,
    ...(index < percents.length - 1 ? { soak } : {}),
  }));
  const rollout = { ...spec.rollout, gate, waves: bare };
  const plan = regrouped(wish.plan, rollout);
  const budget = budgetOf(spec, plan);
  const waves = bare.map((wave, index) =>
    index > 0 && plan.waves[index]!.total.devices > budget.maxDevicesPerPromotion
      ? Object.assign({}, wave, { pause })
      : wave,
  );
  const designed = { ...rollout, waves, budget };
  return { rollout: designed, plan: regrouped(wish.plan, designed) };
}

const NAMES = ['canary', 'early', 'main'];

const nameOf = (index: number, count: number): string =>
  index === count - 1 ? 'rest' : (NAMES[index] ?? `wave-${index + 1}`);

const hours = (ms: number): string => `${Math.ceil(ms / HOUR)}h`;

const soakMs = ({ gate, pullMs }: Wish): number =>
  Math.max(
    DAY,
    detectionMs(gate),
    pullMs + parseDuration(gate.window),
    parseDuration(gate.latentAfter ?? '0s'),
  );

/** A plan with other waves, gate and budget: the slices hold what they held. */
function regrouped(plan: Plan, { waves, gate, budget = {} }: RolloutSpec): Plan {
  let from = 0;
  const planned = waves.map((wave): PlannedWave => {
    const to = cutOf(wave.percent);
    const slices = SLICES.filter((slice) => slice.from >= from && slice.to <= to).map(({ name }) => name);
    from = to;
    const inside = plan.slices.filter(({ name }) => slices.includes(name));
    const classes = Object.keys(plan.classes).map(
      (name) => [name, sumOf(inside.flatMap((slice) => slice.classes[name] ?? []))] as const,
    );
    return {
      name: wave.name,
      percent: wave.percent,
      soak: wave.soak ?? '0s',
      pause: wave.pause ?? DEFAULT_PAUSE,
      slices,
      total: sumOf(classes.map(([, count]) => count)),
      classes: Object.fromEntries(classes),
    };
  });
  const waveOf = new Map(planned.flatMap(({ name, slices }) => slices.map((slice) => [slice, name])));
  const slices = plan.slices.map((slice) => ({ ...slice, wave: waveOf.get(slice.name) ?? slice.wave }));
  return { ...plan, waves: planned, slices, gate, budget };
}

/** What may be harmed, where the definition does not say, and how many devices one promotion may move then. */
function budgetOf(spec: FleetSpec, plan: Plan): Required<BudgetSpec> {
  const { gate } = plan;
  const share = unseenShare(gate);
  const [first, ...later] = plan.waves;
  const sizes = plan.slices.flatMap(({ name, classes }) =>
    first!.slices.includes(name) ? [] : Object.values(classes).map(({ devices }) => devices),
  );
  const largest = Math.max(1, ...sizes);
  const statistics = statisticsIn(plan.gate);
  const arms = statistics === undefined ? [] : judgedArms(plan, statistics);
  const shown = later.map((_wave, index) =>
    arms
      .filter(({ wave }) => wave === plan.waves[index])
      .reduce((sum, { pass }) => sum + pass.observations.overdue, 0),
  );
  /** The largest share that may be harmed, by what each wave before was able to show. */
  const shares =
    statistics === undefined ? [share] : shown.map((n) => Math.max(share, n > 0 ? THREE / n : 1));
  const worst = Math.max(...shares, 0);
  const unseen = gate.by === 'human' ? 0 : gate.detect * plan.total.devices;
  const maxHarmedDevices =
    spec.rollout.budget?.maxHarmedDevices ??
    twoDigits(Math.max(first!.total.devices, worst * largest, unseen), Math.ceil);
  const before = Math.max(1, first!.total.devices);
  const most = Math.min(maxHarmedDevices / worst, Math.max(largest, GROWTH * before), plan.total.devices);
  return {
    maxHarmedDevices,
    maxDevicesPerPromotion: Math.max(1, Math.ceil(Math.min(largest, most)), twoDigits(most, Math.floor)),
  };
}

/** Two significant digits. */
function twoDigits(value: number, round: (value: number) => number): number {
  if (value < 100) return Math.max(1, round(Number(value.toPrecision(12))));
  const step = 10 ** (Math.floor(Math.log10(value)) - 1);
  return round(Number((value / step).toPrecision(12))) * step;
}
