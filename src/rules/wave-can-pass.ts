import { defineRule } from '../check/rule.ts';
import { passProbability } from '../gate/pass-probability.ts';
import { exampleFleet, ORIN_NANO } from './example-fleet.ts';
import { armOf, judgedArms, longerWaves, statisticsIn } from '../gate/arms.ts';
import { count, counted, percent } from './numbers.ts';

/** Share of healthy releases that a gate must let pass without people; a judgement. */
const PASSES = 0.9;

export default defineRule({
  id: 'wave-can-pass',
  on: 'fleet',
  severity: 'error',
  summary: 'Nine healthy releases of ten pass the gate of every wave but the last, in each class.',
  why: 'A gate asks for so many independent observations to tell a rise of `detect` from none, with `alpha` and `beta`. A wave that has fewer holds every release, good or bad, until somebody overrides the gate: and who does that each time has none.',
  source: 'https://doi.org/10.1214/aoms/1177731118',
  since: '0.1.0',

  *check({ plan }) {
    const gate = statisticsIn(plan.gate);
    if (gate === undefined) return;
    for (const { wave, class: name, arm, pass, alpha } of judgedArms(plan, gate)) {
      if (pass.both >= PASSES) continue;
      const [what, worth] =
        pass.errors < pass.overdue
          ? ['requests', pass.observations.errors]
          : ['silence', pass.observations.overdue];
      const larger = longerWaves(wave).find(
        ({ slices }) => passProbability(armOf(plan, slices, name), gate, alpha).both >= PASSES,
      );
      const measured = gate.correlation?.device === undefined ? ', or measure gate.correlation' : '';
      yield {
        path: `/rollout/waves/${plan.waves.indexOf(wave)}/percent`,
        classes: [name],
        message: `wave ${wave.name} has ${counted(arm.devices, 'device')} of class ${name}, worth ${count(worth)} independent observations of ${what}: of a hundred healthy releases ${Math.floor(pass.both * 100)} pass there, ${percent(PASSES)} is the least`,
        fix:
          larger === undefined
            ? `pin more clusters of class ${name} to the wave, look for a larger rise${measured}; or let people decide: gate: { by: 'human', … }`
            : `end wave ${wave.name} at ${larger.percent} percent or more, pin more clusters of class ${name} to it${measured}; breakwater plan --design looks for waves that can`,
      };
    }
  },

  examples: [
    { title: '1,000 devices whose requests are alike by a half', subject: exampleFleet(), expect: [] },
    {
      title: 'the textbook canary of 100 devices',
      subject: exampleFleet({
        inventory: [{ class: 'n100', region: 'eu', clusters: 10_000, devicesPerCluster: 1 }],
      }),
      expect: [
        'wave canary has 100 devices of class n100, worth 198 independent observations of requests: of a hundred healthy releases 0 pass there, 90 % is the least',
        'wave early has 900 devices of class n100, worth 1,780 independent observations of requests: of a hundred healthy releases 88 pass there, 90 % is the least',
      ],
    },
    {
      title: 'a small class beside a large one',
      subject: exampleFleet({
        classes: { 'orin-nano': ORIN_NANO },
        inventory: [
          { class: 'n100', region: 'eu', clusters: 100_000, devicesPerCluster: 1 },
          { class: 'orin-nano', region: 'eu', clusters: 50_000, devicesPerCluster: 1 },
        ],
      }),
      expect: [
        'wave canary has 500 devices of class orin-nano, worth 899 independent observations of requests: of a hundred healthy releases 37 pass there, 90 % is the least',
      ],
    },
    {
      title: 'just enough devices',
      subject: exampleFleet({
        inventory: [{ class: 'n100', region: 'eu', clusters: 95_000, devicesPerCluster: 1 }],
      }),
      expect: [],
    },
    {
      title: 'people decide',
      subject: exampleFleet({
        inventory: [{ class: 'n100', region: 'eu', clusters: 10_000, devicesPerCluster: 1 }],
        rollout: { gate: { by: 'human' } },
      }),
      expect: [],
    },
  ],
});
