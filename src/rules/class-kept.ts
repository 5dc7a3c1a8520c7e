import { defineRule } from '../check/rule.ts';
import { ORIN_NANO } from './example-fleet.ts';
import { exampleChange } from './example-change.ts';
import { counted } from './numbers.ts';

const BOTH = {
  classes: { 'orin-nano': ORIN_NANO },
  inventory: [
    { class: 'n100', region: 'eu', clusters: 100_000, devicesPerCluster: 1 },
    { class: 'orin-nano', region: 'eu', clusters: 4000, devicesPerCluster: 5 },
  ],
};

export default defineRule({
  id: 'class-kept',
  on: 'change',
  severity: 'error',
  summary: 'No class that has clusters leaves the definition.',
  why: 'A cluster syncs the folder of its class for life. When the folder goes, Flux reports a path that does not exist, keeps what runs, and never updates these clusters again: all at once, past every wave.',
  source: 'https://fluxcd.io/flux/components/kustomize/kustomizations/#path',
  since: '0.1.0',

  *check({ before, after }) {
    const renamed = new Set(Object.values(after.classes).map(({ renamedFrom }) => renamedFrom));
    for (const [name, { clusters, devices }] of Object.entries(before?.classes ?? {})) {
      if (clusters === 0 || name in after.classes || renamed.has(name)) continue;
      yield {
        path: '/classes',
        classes: [],
        affected: { clusters: Math.round(clusters), devices: Math.round(devices) },
        message: `class ${name} is gone, whose folder is synced by ${counted(clusters, 'cluster')} with ${counted(devices, 'device')}`,
        fix: `put class ${name} back until its clusters are bootstrapped again; if it has a new name, write renamedFrom: '${name}' there`,
      };
    }
  },

  examples: [
    { title: 'the same classes', subject: exampleChange(), expect: [] },
    {
      title: 'a class with clusters is removed',
      subject: exampleChange({ before: BOTH }),
      expect: ['class orin-nano is gone, whose folder is synced by 4,000 clusters with 20,000 devices'],
    },
    {
      title: 'a class is renamed',
      subject: exampleChange({
        before: BOTH,
        after: {
          classes: { orin: { ...ORIN_NANO, renamedFrom: 'orin-nano' } },
          inventory: [
            { class: 'n100', region: 'eu', clusters: 100_000, devicesPerCluster: 1 },
            { class: 'orin', region: 'eu', clusters: 4000, devicesPerCluster: 5 },
          ],
        },
      }),
      expect: [],
    },
    {
      title: 'a class without clusters is removed',
      subject: exampleChange({ before: { classes: { 'orin-nano': ORIN_NANO } } }),
      expect: [],
    },
    { title: 'a new fleet', subject: exampleChange({ before: null }), expect: [] },
  ],
});
