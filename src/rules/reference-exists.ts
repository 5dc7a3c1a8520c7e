import { referencesOf } from '../check/references.ts';
import { asRecord } from '../check/json.ts';
import { podTemplates } from '../check/pods.ts';
import { defineRule } from '../check/rule.ts';
import { exampleContainer, exampleDaemonSet, exampleObject, exampleObjects } from './example-objects.ts';

export default defineRule({
  id: 'reference-exists',
  on: 'objects',
  severity: 'error',
  summary:
    'ConfigMaps, Secrets, claims, service accounts and priority classes that a pod names must be generated or declared external.',
  why: 'A pod that names what is not there never starts; with a DaemonSet every device of the wave waits for it.',
  source: 'https://kubernetes.io/docs/concepts/configuration/configmap/#configmaps-and-pods',
  since: '0.1.0',

  *check({ objects, external, complete }) {
    const made = new Map(
      objects.map(({ object }) => [
        `${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`,
        object,
      ]),
    );
    const declared = new Set([
      ...(external?.configMaps ?? []).map((name) => `ConfigMap/${name}`),
      ...(external?.secrets ?? []).map((name) => `Secret/${name}`),
      ...(external?.imagePullSecrets ?? []).map((name) => `Secret/${name}`),
      ...(external?.serviceAccounts ?? []).map((name) => `ServiceAccount/${name}`),
      ...(external?.priorityClasses ?? []).map((name) => `PriorityClass/${name}`),
    ]);
    for (const pod of podTemplates(objects)) {
      const namespace = pod.placed.object.metadata.namespace ?? '';
      for (const { kind, name, key, path, field } of referencesOf(pod)) {
        if (declared.has(`${kind}/${name}`)) continue;
        const object = made.get(`${kind}/${kind === 'PriorityClass' ? '' : namespace}/${name}`);
        const what = `${kind} "${name}"`;
        if (object === undefined) {
          if (!complete) {
            yield { notEvaluated: `whether ${what} exists: it is not in the files that were given` };
            continue;
          }
          yield {
            path,
            at: pod.placed,
            message: `pod names ${what}, which is neither generated nor declared external`,
            fix: field
              ? `generate it, or declare it: external: { ${field}: ['${name}'] }`
              : 'generate it with the workload that needs it',
          };
          continue;
        }
        if (key === undefined) continue;
        const keys = ['data', 'binaryData', 'stringData'].flatMap((part) =>
          Object.keys(asRecord(object[part])),
        );
        if (keys.includes(key)) continue;
        yield {
          path,
          at: pod.placed,
          message: `pod takes key "${key}" of ${what}, which has ${keys.length === 0 ? 'none' : keys.join(', ')}`,
          fix: 'add the key, or name one that is there',
        };
      }
    }
  },

  examples: [
    { title: 'nothing named', subject: exampleObjects([exampleDaemonSet()]), expect: [] },
    {
      title: 'generated, declared external, built in, and optional',
      subject: exampleObjects(
        [
          exampleObject('ConfigMap', 'settings', { data: { level: 'info' } }),
          exampleDaemonSet({
            serviceAccountName: 'default',
            priorityClassName: 'system-node-critical',
            imagePullSecrets: [{ name: 'registry' }],
            containers: [
              exampleContainer({
                env: [
                  { name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'settings', key: 'level' } } },
                  { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'remote-write', key: 'token' } } },
                ],
                envFrom: [{ configMapRef: { name: 'overrides', optional: true } }],
              }),
            ],
          }),
        ],
        { external: { secrets: ['remote-write'], imagePullSecrets: ['registry'] } },
      ),
      expect: [],
    },
    {
      title: 'nobody makes them',
      subject: exampleObjects([
        exampleDaemonSet({
          serviceAccountName: 'server',
          volumes: [
            { name: 'settings', configMap: { name: 'settings' } },
            { name: 'all', projected: { sources: [{ secret: { name: 'keys' } }] } },
            { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
          ],
        }),
      ]),
      expect: [
        'pod names ServiceAccount "server", which is neither generated nor declared external',
        'pod names ConfigMap "settings", which is neither generated nor declared external',
        'pod names Secret "keys", which is neither generated nor declared external',
        'pod names PersistentVolumeClaim "data", which is neither generated nor declared external',
      ],
    },
    {
      title: 'in another namespace',
      subject: exampleObjects([
        exampleObject('ConfigMap', 'settings', { metadata: { name: 'settings', namespace: 'other' } }),
        exampleDaemonSet({ volumes: [{ name: 'settings', configMap: { name: 'settings' } }] }),
      ]),
      expect: ['pod names ConfigMap "settings", which is neither generated nor declared external'],
    },
    {
      title: 'a key that is not there',
      subject: exampleObjects([
        exampleObject('ConfigMap', 'settings', { data: { level: 'info' } }),
        exampleDaemonSet({
          volumes: [
            { name: 's', configMap: { name: 'settings', items: [{ key: 'levels', path: 'levels' }] } },
          ],
        }),
      ]),
      expect: ['pod takes key "levels" of ConfigMap "settings", which has level'],
    },
    {
      title: 'files that are given alone',
      subject: exampleObjects([exampleDaemonSet({ serviceAccountName: 'server' })], { complete: false }),
      expect: [
        'not evaluated: whether ServiceAccount "server" exists: it is not in the files that were given',
      ],
    },
  ],
});
