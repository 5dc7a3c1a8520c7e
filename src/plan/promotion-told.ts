// What a promotion says: of what it leaves for later, and why it moves nothing.

import { UserError, type ErrorCode } from '../errors.ts';
import type { Portion } from './budget.ts';
import type { Freeze } from './freeze.ts';
import type { Room } from './harm.ts';
import { sizeOf, type Notice } from './movement.ts';
import type { NextStep } from './next-step.ts';
import type { Plan, SliceName } from './plan.ts';
import type { RolloutState } from './state.ts';

/** A class that waits: as a notice where others move, as an error where none does. */
export interface Wait extends Notice {
  readonly code: ErrorCode;
}

const percent = (ratio: number): string => `${Number((ratio * 100).toPrecision(3))} %`;

/** That promotions rest, until when and why. */
export const tellFreeze = ({ fleet }: Plan, { reason, untilMs }: Freeze): string =>
  `fleet ${fleet} promotes nothing until ${new Date(untilMs).toISOString()}: ${reason}`;

export const frozen = (plan: Plan, freeze: Freeze): UserError =>
  new UserError(
    'FROZEN',
    tellFreeze(plan, freeze),
    'wait, or write down why not to: --override REASON; rollback works at any time',
  );

/** That devices may not move, the first slice or more. */
export function tellHarm(
  { wave, slices }: NextStep,
  { share, unwatched }: Room,
  { budget }: Plan,
  devices: number,
): Omit<Wait, 'class'> {
  const lately = unwatched === 0 ? '' : `, after ${unwatched} that moved too lately to be known`;
  const most = budget.maxHarmedDevices;
  return {
    code: 'HARM',
    message: `wave ${wave.name} is to move ${devices} devices from slice ${slices[0]} on${lately}: a release that may still harm ${percent(share)} of them is above maxHarmedDevices ${most}`,
    fix:
      unwatched === 0
        ? 'raise budget.maxHarmedDevices or let the gate see less, run breakwater synth; or write down why to go on: --override REASON'
        : 'wait until they are known, or write down why not to: --override REASON',
  };
}

interface Limits {
  readonly plan: Plan;
  readonly room: Room;
  /** Slices that `maxHarmedDevices` leaves room for. */
  readonly safe: readonly SliceName[];
}

/** What a class leaves for the next call, and why; `undefined` where it leaves nothing. */
export function tellPortion(
  name: string,
  { wave, slices }: NextStep,
  portion: Portion,
  { plan, room, safe }: Limits,
): Notice | undefined {
  const { maxDevicesPerPromotion: most, maxHarmedDevices: mayHarm } = plan.budget;
  if (portion.oversized !== undefined) {
    const { devices } = sizeOf(plan, portion.oversized, name);
    return {
      class: name,
      message: `slice ${portion.oversized} has ${devices} devices, more than maxDevicesPerPromotion ${most}: it moves all the same, since slices are not cut`,
    };
  }
  const left = slices.length - portion.slices.length;
  if (left === 0) return undefined;
  const why =
    portion.slices.length === safe.length && safe.length < slices.length
      ? `a release that may still harm ${percent(room.share)} of what moves is to stay below maxHarmedDevices ${mayHarm}`
      : `maxDevicesPerPromotion is ${most}`;
  return {
    class: name,
    message: `${left} of ${slices.length} slices of wave ${wave.name} stay for the next call: ${why}`,
  };
}

/** Why a promotion moves nothing at all. */
export function whyNothing(
  state: RolloutState,
  { class: name, wave }: { readonly class?: string; readonly wave?: string },
  waits: readonly Wait[],
  notices: readonly Notice[],
): UserError {
  const [first] = waits;
  if (first !== undefined) {
    // A class that fails is what must be told first.
    const worst = waits.find(({ code }) => code === 'GATE_FAILED') ?? first;
    return new UserError(
      worst.code,
      waits.map((wait) => `class ${wait.class}: ${wait.message}`).join('\n  '),
      worst.fix ?? 'run breakwater status',
    );
  }
  const of = name === undefined ? `fleet ${state.fleet}` : `class ${name} of fleet ${state.fleet}`;
  const [refused] = notices;
  if (refused !== undefined) {
    return new UserError(
      'NOTHING_TO_PROMOTE',
      `${of}: ${notices.map((notice) => `class ${notice.class}: ${notice.message}`).join('\n  ')}`,
      refused.fix ?? 'run breakwater status',
    );
  }
  return new UserError(
    'NOTHING_TO_PROMOTE',
    wave === undefined
      ? `every slice of ${of} runs the first slice's release`
      : `every slice of wave ${wave} of ${of} runs what the slice before it runs`,
    'edit the definition and run breakwater synth',
  );
}
