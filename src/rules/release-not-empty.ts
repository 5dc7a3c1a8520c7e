import { defineRule, type KubeObject } from '../check/rule.ts';
import { exampleClass } from './example-class.ts';

const NAMESPACE: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'example' } };
const IDENTITY: KubeObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'breakwater-identity', namespace: 'example' },
};

export default defineRule({
  id: 'release-not-empty',
  on: 'class',
  severity: 'error',
  summary: 'Every release holds more than its frame.',
  why: 'Flux calls a release without objects Ready, and prunes everything that the one before had made. It looks like the best rollout ever, and every device it reaches stands still.',
  source: 'https://fluxcd.io/flux/components/kustomize/kustomizations/#prune',
  since: '0.1.0',

  *check({ class: name, release }) {
    if (release.objects.some(({ object }) => !isFrame(object))) return;
    yield {
      path: '/workloads',
      classes: [name],
      message: `release ${release.id} of class ${name} holds 0 objects: Flux would delete all that runs and call it Ready`,
      fix: `let a workload make objects for class ${name}; to stop its devices, take their clusters out of the inventory`,
    };
  },

  examples: [
    { title: 'a release with a DaemonSet', subject: exampleClass(), expect: [] },
    {
      title: 'a release of nothing but its frame',
      subject: exampleClass([NAMESPACE, IDENTITY]),
      expect: [
        'release r000000000000 of class n100 holds 0 objects: Flux would delete all that runs and call it Ready',
      ],
    },
    {
      title: 'a release of a ConfigMap',
      subject: exampleClass([NAMESPACE, { ...IDENTITY, metadata: { name: 'settings' } }]),
      expect: [],
    },
  ],
});

/** What every release has around its objects. */
const isFrame = ({ apiVersion, kind, metadata }: KubeObject): boolean =>
  kind === 'Namespace' ||
  (kind === 'ConfigMap' && metadata.name === 'breakwater-identity') ||
  apiVersion.startsWith('kustomize.toolkit.fluxcd.io/');
