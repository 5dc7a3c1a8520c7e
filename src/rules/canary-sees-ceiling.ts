import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';
import { count, counted, percent } from './numbers.ts';
import { canaryOf, percentFor } from './canary.ts';

export default defineRule({
  id: 'canary-sees-ceiling',
  on: 'fleet',
  severity: 'error',
  summary: 'The first wave has enough devices online to see a failure share as large as the ceiling.',
  why: 'Where a share p of devices fails, n devices show not one failure with a probability of (1 − p)^n. A canary that is too small for its ceiling passes most of the releases that it is there to stop.',
  source: 'https://en.wikipedia.org/wiki/Rule_of_three_(statistics)',
  since: '0.1.0',

  *check(subject) {
    const canary = canaryOf(subject);
    if (canary === undefined || canary.online >= canary.needed) return;
    const { wave, ceiling, confidence, needed, online } = canary;
    const enough = percentFor(subject.plan, needed);
    yield {
      path: '/rollout/waves/0/percent',
      message: `wave ${wave.name} has ${count(online)} of ${counted(wave.total.devices, 'device')} online: seeing ${percent(ceiling)} failures with a confidence of ${percent(confidence)} takes ${count(needed)}`,
      fix:
        enough === undefined
          ? `let people watch every wave and accept this with a reason: no part of the fleet has ${counted(needed, 'device')} online`
          : `begin with ${enough} percent or more, or pin more clusters to the first wave`,
    };
  },

  examples: [
    { title: 'a canary of 1,000 devices and a ceiling of 5 %', subject: exampleFleet(), expect: [] },
    {
      title: 'a canary of 10 devices and a ceiling of 5 %',
      subject: exampleFleet({
        inventory: [{ class: 'n100', region: 'eu', clusters: 1000, devicesPerCluster: 1 }],
      }),
      expect: [
        'wave canary has 9 of 10 devices online: seeing 5 % failures with a confidence of 95 % takes 59',
      ],
    },
    {
      title: 'exactly 59 devices online, with none expected offline',
      subject: exampleFleet({
        classes: { n100: { offline: 0 } },
        inventory: [{ class: 'n100', region: 'eu', clusters: 5900, devicesPerCluster: 1 }],
      }),
      expect: [],
    },
    {
      title: 'one device less',
      subject: exampleFleet({
        classes: { n100: { offline: 0 } },
        inventory: [{ class: 'n100', region: 'eu', clusters: 5800, devicesPerCluster: 1 }],
      }),
      expect: [
        'wave canary has 58 of 58 devices online: seeing 5 % failures with a confidence of 95 % takes 59',
      ],
    },
    {
      title: 'a fleet too small for statistics',
      subject: exampleFleet({
        inventory: [{ class: 'n100', region: 'eu', clusters: 40, devicesPerCluster: 1 }],
        rollout: {
          waves: [
            { name: 'pilots', percent: 20, soak: '24h' },
            { name: 'rest', percent: 100 },
          ],
        },
      }),
      expect: [
        'wave pilots has 7 of 8 devices online: seeing 5 % failures with a confidence of 95 % takes 59',
      ],
    },
  ],
});
