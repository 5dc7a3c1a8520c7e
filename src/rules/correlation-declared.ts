import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';
import { judgedArms, judgedWaves, statisticsIn } from '../gate/arms.ts';
import { count, counted } from './numbers.ts';

export default defineRule({
  id: 'correlation-declared',
  on: 'fleet',
  severity: 'warning',
  summary: 'Where clusters have several devices, the gate says how alike these are.',
  why: 'Devices of one cluster share power, uplink and surroundings, so that they fail together. With c devices in a cluster and a correlation of ρ, n of them tell as much as n ÷ (1 + (c − 1) ρ) that stand alone. The default of 0.1 is careful, and measured by nobody.',
  source: 'https://en.wikipedia.org/wiki/Design_effect',
  since: '0.1.0',

  *check({ plan }) {
    const gate = statisticsIn(plan.gate);
    const [first] = judgedWaves(plan);
    if (gate === undefined || first === undefined || gate.correlation?.cluster !== undefined) return;
    const several = judgedArms(plan, gate).filter(
      ({ wave, arm }) => wave === first && arm.devices > arm.clusters,
    );
    if (several.length === 0) return;
    const told = several.map(
      ({ class: name, arm, pass }) =>
        `${counted(arm.devices, 'device')} of class ${name} tell as much as ${count(pass.observations.overdue)} that stand alone`,
    );
    yield {
      path: '/rollout/gate',
      classes: several.map(({ class: name }) => name),
      message: `no correlation is declared, so 0.1 in a cluster is taken: in wave ${first.name} ${told.join(', ')}`,
      fix: 'set gate.correlation to { cluster: 0.1 }, or to what you have measured over some weeks',
    };
  },

  examples: [
    { title: 'one device in a cluster', subject: exampleFleet(), expect: [] },
    {
      title: 'fifty devices in a cluster',
      subject: exampleFleet({
        classes: { n100: { maxDevicesPerCluster: 50 } },
        inventory: [{ class: 'n100', region: 'eu', clusters: 20_000, devicesPerCluster: 50 }],
      }),
      expect: [
        'no correlation is declared, so 0.1 in a cluster is taken: in wave canary 10,000 devices of class n100 tell as much as 1,695 that stand alone',
      ],
    },
    {
      title: 'the same, declared',
      subject: exampleFleet({
        classes: { n100: { maxDevicesPerCluster: 50 } },
        inventory: [{ class: 'n100', region: 'eu', clusters: 20_000, devicesPerCluster: 50 }],
        rollout: { gate: { correlation: { cluster: 0.1 } } },
      }),
      expect: [],
    },
  ],
});
