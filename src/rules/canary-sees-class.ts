import { defineRule } from '../check/rule.ts';
import { exampleFleet, ORIN_NANO } from './example-fleet.ts';
import { counted, percent } from './numbers.ts';
import { canaryOf, onlineDevices, percentFor } from './canary.ts';

export default defineRule({
  id: 'canary-sees-class',
  on: 'fleet',
  severity: 'advice',
  summary: 'The first wave has enough devices of each class to see what fails on that class alone.',
  why: 'A driver or a kernel that breaks one class hides among the healthy devices of the others: 40 % failures of a class that is a twentieth of the canary are 2 % of the canary.',
  source: 'https://en.wikipedia.org/wiki/Rule_of_three_(statistics)',
  since: '0.1.0',

  *check(subject) {
    const canary = canaryOf(subject);
    if (canary === undefined || canary.online < canary.needed) return;
    const { plan } = subject;
    const { wave, ceiling, needed } = canary;
    for (const [name, { devices }] of Object.entries(wave.classes)) {
      const online = Math.floor(onlineDevices(plan, [wave], [name]));
      if (devices === 0 || online >= needed) continue;
      const enough = percentFor(plan, needed, [name]);
      yield {
        path: '/rollout/waves/0',
        classes: [name],
        message: `wave ${wave.name} has ${counted(online, 'device')} of class ${name} online: ${percent(ceiling)} failures of that class alone stay unseen with a probability of ${percent((1 - ceiling) ** online)}, and it takes ${counted(needed, 'device')} to see them`,
        fix:
          enough === undefined
            ? `watch class ${name} by hand: no part of it has ${counted(needed, 'device')} online`
            : `pin more clusters of class ${name} to the first wave, or begin with ${enough} percent`,
      };
    }
  },

  examples: [
    { title: 'one class', subject: exampleFleet(), expect: [] },
    {
      title: 'a class with 18 devices in the canary',
      subject: exampleFleet({
        classes: { 'orin-nano': ORIN_NANO },
        inventory: [
          { class: 'n100', region: 'eu', clusters: 100_000, devicesPerCluster: 1 },
          { class: 'orin-nano', region: 'eu', clusters: 1000, devicesPerCluster: 2 },
        ],
      }),
      expect: [
        'wave canary has 18 devices of class orin-nano online: 5 % failures of that class alone stay unseen with a probability of 39.72 %, and it takes 59 devices to see them',
      ],
    },
    {
      title: 'a class with enough devices in the canary',
      subject: exampleFleet({
        classes: { 'orin-nano': ORIN_NANO },
        inventory: [
          { class: 'n100', region: 'eu', clusters: 100_000, devicesPerCluster: 1 },
          { class: 'orin-nano', region: 'eu', clusters: 1000, devicesPerCluster: 20 },
        ],
      }),
      expect: [],
    },
  ],
});
