import { defineRule } from '../check/rule.ts';
import { formatDuration } from '../fleet/units.ts';
import { detectionMs, unseenShare } from '../plan/harm.ts';
import { exampleFleet } from './example-fleet.ts';
import { inFlight, largestSlice, realWaves } from '../gate/arms.ts';
import { count, counted, literal, percent } from './numbers.ts';

export default defineRule({
  id: 'harm-within-budget',
  on: 'fleet',
  severity: 'error',
  summary:
    'No wave moves more devices, before it can be known what happens to them, than a bad release may harm.',
  why: 'A release that passed the wave before may still fail on just under what the gate looks for, and be found out on no device before `overdueAfter` and a window. What moves in that time is at risk. promote holds parts back that would exceed maxHarmedDevices: a rollout that asks for more stands still.',
  source: 'https://sre.google/workbook/canarying-releases/',
  since: '0.1.0',

  *check({ spec, plan }) {
    const most = spec.rollout.budget?.maxHarmedDevices;
    if (most === undefined) return;
    const share = unseenShare(plan.gate);
    const seenMs = detectionMs(plan.gate);
    for (const wave of realWaves(plan).slice(1)) {
      const { parts, devices } = inFlight(plan, wave);
      const harmed = rounded(devices * share);
      if (harmed <= most) continue;
      const part = Math.min(
        wave.total.devices,
        plan.budget.maxDevicesPerPromotion ?? Number.POSITIVE_INFINITY,
      );
      const path = `/rollout/waves/${plan.waves.indexOf(wave)}`;
      const safe = Math.floor(rounded(most / share));
      const inParts =
        parts > 1 && part < wave.total.devices
          ? `in parts ${wave.pause} apart, ${count(devices)} of them within the ${formatDuration(seenMs)} after which it is known what happens to them`
          : 'at once';
      yield {
        path,
        affected: { clusters: Math.round(wave.total.clusters), devices: Math.round(devices) },
        message: `wave ${wave.name} moves ${counted(wave.total.devices, 'device')} ${inParts}: a release that may still harm ${percent(share)} of them harms ${count(Math.ceil(harmed))}, where maxHarmedDevices is ${count(most)}`,
        fix:
          rounded(part * share) <= most
            ? `set the pause of wave ${wave.name} to ${formatDuration(seenMs)} or more`
            : safe >= largestSlice(plan, wave)
              ? `set budget.maxDevicesPerPromotion to ${literal(Math.max(1, safe))} or less, and the pause of wave ${wave.name} to ${formatDuration(seenMs)} or more`
              : `set budget.maxHarmedDevices to ${literal(Math.ceil(harmed))} or more: no slice of the wave may be larger than what may be harmed of it`,
      };
    }
  },

  examples: [
    {
      title: 'four parts of 10,000 devices within 6h10m, a budget of 2,000',
      subject: exampleFleet(),
      expect: [],
    },
    {
      title: 'one harmed device less',
      subject: exampleFleet({ rollout: { budget: { maxHarmedDevices: 1999 } } }),
      expect: [
        'wave rest moves 90,000 devices in parts 2h apart, 40,000 of them within the 6h10m after which it is known what happens to them: a release that may still harm 5 % of them harms 2,000, where maxHarmedDevices is 1,999',
      ],
    },
    {
      title: 'a million devices at 100 % after 10 %',
      subject: exampleFleet({
        inventory: [{ class: 'n100', region: 'eu', clusters: 1_000_000, devicesPerCluster: 1 }],
        rollout: { budget: { maxDevicesPerPromotion: undefined } },
      }),
      expect: [
        'wave early moves 90,000 devices at once: a release that may still harm 5 % of them harms 4,500, where maxHarmedDevices is 2,000',
        'wave rest moves 900,000 devices at once: a release that may still harm 5 % of them harms 45,000, where maxHarmedDevices is 2,000',
      ],
    },
    {
      title: 'a gate that cannot see what is silent',
      subject: exampleFleet({ rollout: { gate: { offline: { treatAs: 'exclude' } } } }),
      expect: [
        'wave early moves 9,000 devices at once: a release that may still harm 100 % of them harms 9,000, where maxHarmedDevices is 2,000',
        'wave rest moves 90,000 devices in parts 2h apart, 40,000 of them within the 6h10m after which it is known what happens to them: a release that may still harm 100 % of them harms 40,000, where maxHarmedDevices is 2,000',
      ],
    },
  ],
});

/** Twelve digits: 0.07 * 100 is 7.000000000000001. */
const rounded = (number: number): number => Number(number.toPrecision(12));
