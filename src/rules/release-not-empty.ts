import { defineRule, type KubeObject } from '../check/rule.ts';
import { exampleChange } from './example-change.ts';

const NAMESPACE: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'example' } };
const IDENTITY: KubeObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'breakwater-identity', namespace: 'example' },
};

export default defineRule({
  id: 'release-not-empty',
  on: 'change',
  severity: 'error',
  summary: 'Every release holds more than its frame.',
  why: 'Flux calls a release without objects Ready, and prunes everything that the one before had made. It looks like the best rollout ever, and every device it reaches stands still.',
  source: 'https://fluxcd.io/flux/components/kustomize/kustomizations/#prune',
  since: '0.1.0',

  *check({ objects, after }) {
    for (const [name, held] of Object.entries(objects)) {
      if (held.some((object) => !isFrame(object))) continue;
      const { release } = after.wanted[name] ?? {};
      yield {
        path: '/workloads',
        classes: [name],
        message: `release ${release ?? ''} of class ${name} holds 0 objects: Flux would delete all that runs and call it Ready`,
        fix: `let a workload make objects for class ${name}; to stop a class, take its clusters out of the inventory`,
      };
    }
  },

  examples: [
    { title: 'a release with a DaemonSet', subject: exampleChange(), expect: [] },
    {
      title: 'a release of nothing but its frame',
      subject: exampleChange({ objects: [NAMESPACE, IDENTITY] }),
      expect: [
        'release rbbbbbbbbbbbb of class n100 holds 0 objects: Flux would delete all that runs and call it Ready',
      ],
    },
    {
      title: 'a release of a ConfigMap',
      subject: exampleChange({ objects: [NAMESPACE, { ...IDENTITY, metadata: { name: 'settings' } }] }),
      expect: [],
    },
  ],
});

/** What every release has around its objects. */
const isFrame = ({ apiVersion, kind, metadata }: KubeObject): boolean =>
  kind === 'Namespace' ||
  (kind === 'ConfigMap' && metadata.name === 'breakwater-identity') ||
  apiVersion.startsWith('kustomize.toolkit.fluxcd.io/');
