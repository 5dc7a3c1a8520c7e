import { asList, asRecord, asText, step } from '../check/json.ts';
import { containersOf, nameOf, podTemplateOf } from '../check/pods.ts';
import { defineRule } from '../check/rule.ts';
import { isRandom, isSecretName, secretIn } from '../check/secrets.ts';
import { exampleContainer, exampleDaemonSet, exampleObject, exampleObjects } from './example-objects.ts';

export default defineRule({
  id: 'secret-in-plain-sight',
  on: 'objects',
  severity: 'error',
  summary:
    'No secret may stand in what is committed: not in a Secret, not in a variable, not in any other value.',
  why: 'What is generated is committed, published to every cluster and kept for as long as a rollback may need it; a secret in it can only be revoked, not taken back.',
  source:
    'https://kubernetes.io/docs/concepts/security/secrets-good-practices/#avoid-sharing-secret-manifests',
  since: '0.1.0',

  *check({ objects }) {
    for (const placed of objects) {
      const { object } = placed;
      // SOPS leaves a field of its own in what it has encrypted.
      if (object.kind === 'Secret' && object.apiVersion === 'v1' && object['sops'] === undefined) {
        const keys = ['data', 'stringData'].flatMap((field) =>
          Object.keys(asRecord(object[field])).map((key) => ({ field, key })),
        );
        for (const { field, key } of keys) {
          yield {
            path: `/${field}${step(key)}`,
            at: placed,
            message: `secret holds a value for "${key}" that anyone with the repository can read`,
            fix: 'have it made on the cluster, declare it external, or encrypt the file with SOPS',
          };
        }
        continue;
      }
      for (const [path, text] of textsIn(object, '')) {
        const what = secretIn(text);
        if (what === undefined) continue;
        yield {
          path,
          at: placed,
          message: `value holds ${what} in plain sight`,
          fix: 'revoke it, put a new one into a Secret that others make, and take it from there',
        };
      }
      const pod = podTemplateOf(placed);
      for (const container of pod ? containersOf(pod) : []) {
        for (const [index, entry] of asList(container.spec['env']).entries()) {
          const { name, value } = asRecord(entry);
          const [variable, text] = [asText(name) ?? '', asText(value) ?? ''];
          if (!isSecretName(variable) || !isRandom(text) || secretIn(text) !== undefined) continue;
          yield {
            path: `${container.path}/env/${index}/value`,
            at: placed,
            message: `${nameOf(container)} has ${text.length} random characters as ${variable} in plain sight`,
            fix: 'revoke it, put a new one into a Secret that others make, and take it with valueFrom.secretKeyRef',
          };
        }
      }
    }
  },

  examples: [
    { title: 'nothing secret', subject: exampleObjects([exampleDaemonSet()]), expect: [] },
    {
      title: 'taken from a Secret; a word in a variable that is named like one; a file of a password',
      subject: exampleObjects([
        exampleDaemonSet({
          containers: [
            exampleContainer({
              args: ['--password-file=/etc/keys/password', '--user=password_validation.py'],
              env: [
                { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'keys', key: 'token' } } },
                { name: 'API_KEY', value: '/run/secrets/api-key' },
                { name: 'PASSWORD', value: 'see-the-vault-of-the-team' },
                { name: 'DATABASE', value: 'postgres://user:$(PASSWORD)@db/labels' },
              ],
            }),
          ],
        }),
      ]),
      expect: [],
    },
    {
      title: 'a Secret that SOPS has encrypted',
      subject: exampleObjects([
        exampleObject('Secret', 'keys', { stringData: { token: 'ENC[AES256_GCM,data:…]' }, sops: {} }),
      ]),
      expect: [],
    },
    {
      title: 'a Secret with its values',
      subject: exampleObjects([exampleObject('Secret', 'keys', { data: { token: 'aHVudGVyMg==' } })]),
      expect: ['secret holds a value for "token" that anyone with the repository can read'],
    },
    {
      title: 'values that are secret by their shape',
      subject: exampleObjects([
        exampleObject('ConfigMap', 'settings', {
          data: {
            'agent.yaml': 'remote_write: [{ url: "https://fleet:hunter2@metrics.example.com/write" }]',
            key: ['-----BEGIN', 'EC', 'PRIVATE', 'KEY-----'].join(' '),
          },
        }),
        exampleDaemonSet({
          containers: [exampleContainer({ args: [`--token=ghp_${'a1B2c3D4e5F6'.repeat(3)}`] })],
        }),
      ]),
      expect: [
        'value holds a URL with a password in plain sight',
        'value holds a private key in plain sight',
        'value holds a GitHub token in plain sight',
      ],
    },
    {
      title: 'a random value in a variable that is named like a secret',
      subject: exampleObjects([
        exampleDaemonSet({
          containers: [exampleContainer({ env: [{ name: 'METRICS_TOKEN', value: 'f3Kq9ZtL0xVb7NwRp2Ys' }] })],
        }),
      ]),
      expect: ['container "server" has 20 random characters as METRICS_TOKEN in plain sight'],
    },
  ],
});

/** All texts of a value with their pointers, in its order. */
function textsIn(
  value: unknown,
  path: string,
  texts: (readonly [path: string, text: string])[] = [],
): typeof texts {
  if (typeof value === 'string') texts.push([path, value]);
  else if (Array.isArray(value)) value.forEach((item, index) => textsIn(item, `${path}/${index}`, texts));
  else for (const [key, item] of Object.entries(asRecord(value))) textsIn(item, path + step(key), texts);
  return texts;
}
