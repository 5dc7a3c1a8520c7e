import { step } from '../check/json.ts';
import { defineRule } from '../check/rule.ts';
import { exampleChange } from './example-change.ts';
import { ORIN_NANO } from './example-fleet.ts';
import { counted } from './numbers.ts';

const named = (name: string, renamedFrom?: string) => ({
  classes: { [name]: renamedFrom === undefined ? ORIN_NANO : { ...ORIN_NANO, renamedFrom } },
  inventory: [{ class: name, region: 'eu', clusters: 4000, devicesPerCluster: 5 }],
});

export default defineRule({
  id: 'class-name-kept',
  on: 'change',
  severity: 'warning',
  summary: 'A class keeps its name, unless its clusters are bootstrapped again.',
  why: 'The class is part of the path that a cluster syncs, and it was told once. `renamedFrom` carries the pointers over to the new folder; it cannot tell the clusters, which stay with the old one.',
  source: 'https://fluxcd.io/flux/components/kustomize/kustomizations/#path',
  since: '0.1.0',

  *check({ before, after }) {
    for (const [name, { renamedFrom }] of Object.entries(after.classes)) {
      const old = renamedFrom === undefined ? undefined : before?.classes[renamedFrom];
      if (old === undefined || old.clusters === 0) continue;
      yield {
        path: `/classes${step(name)}/renamedFrom`,
        classes: [name],
        affected: { clusters: Math.round(old.clusters), devices: Math.round(old.devices) },
        message: `class ${renamedFrom} is called ${name} now: the old folder is synced by ${counted(old.clusters, 'cluster')} until each is bootstrapped again`,
        fix: `bootstrap them again and accept this with a reason, or keep the name ${renamedFrom}`,
      };
    }
  },

  examples: [
    {
      title: 'the same name',
      subject: exampleChange({ before: named('orin'), after: named('orin') }),
      expect: [],
    },
    {
      title: 'another name',
      subject: exampleChange({ before: named('orin-nano'), after: named('orin', 'orin-nano') }),
      expect: [
        'class orin-nano is called orin now: the old folder is synced by 4,000 clusters until each is bootstrapped again',
      ],
    },
    {
      title: 'a name that was changed long ago',
      subject: exampleChange({ before: named('orin'), after: named('orin', 'orin-nano') }),
      expect: [],
    },
  ],
});
