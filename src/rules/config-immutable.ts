import { podTemplates } from '../check/pods.ts';
import { referencesOf } from '../check/references.ts';
import { defineRule } from '../check/rule.ts';
import { exampleContainer, exampleDaemonSet, exampleObject, exampleObjects } from './example-objects.ts';

const using = (name: string): ReturnType<typeof exampleDaemonSet> =>
  exampleDaemonSet({ containers: [exampleContainer({ envFrom: [{ configMapRef: { name } }] })] });

export default defineRule({
  id: 'config-immutable',
  on: 'objects',
  severity: 'warning',
  summary: 'A ConfigMap that a pod takes should be immutable and named by its content.',
  why: 'Edited in place it changes under pods that run, or waits for their next restart: the version says nothing of it, so evidence of two versions is mixed, and pods that are not replaced yet lose what they were tested with.',
  source: 'https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-immutable',
  since: '0.1.0',

  *check({ objects }) {
    const mutable = new Map(
      objects
        // The frame's identity ConfigMap is the cluster's own, and meant to follow it.
        .filter(({ object, workload }) => object.kind === 'ConfigMap' && workload !== undefined)
        .filter(({ object }) => object['immutable'] !== true)
        .map((placed) => [
          `${placed.object.metadata.namespace ?? ''}/${placed.object.metadata.name}`,
          placed,
        ]),
    );
    const said = new Set<string>();
    for (const pod of podTemplates(objects)) {
      const { kind, metadata } = pod.placed.object;
      for (const { kind: wanted, name } of referencesOf(pod)) {
        const key = `${metadata.namespace ?? ''}/${name}`;
        const placed = mutable.get(key);
        if (wanted !== 'ConfigMap' || placed === undefined || said.has(key)) continue;
        said.add(key);
        yield {
          path: '/metadata/name',
          at: placed,
          message: `config can be edited in place, and ${kind} "${metadata.name}" takes it`,
          fix: 'make it with context.configMap(name, data), which names it by its content, and mount the name that returns',
        };
      }
    }
  },

  examples: [
    {
      title: 'immutable',
      subject: exampleObjects([
        exampleObject('ConfigMap', 'settings-c0123456789ab', { data: { LEVEL: 'info' }, immutable: true }),
        using('settings-c0123456789ab'),
      ]),
      expect: [],
    },
    {
      title: 'one that no pod takes',
      subject: exampleObjects([exampleObject('ConfigMap', 'notes'), exampleDaemonSet()]),
      expect: [],
    },
    {
      title: 'one that can be edited',
      subject: exampleObjects([
        exampleObject('ConfigMap', 'settings', { data: { LEVEL: 'info' } }),
        using('settings'),
      ]),
      expect: ['config can be edited in place, and DaemonSet "inference" takes it'],
    },
  ],
});
