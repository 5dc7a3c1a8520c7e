import { asRecord, asText } from '../check/json.ts';
import { inMi } from '../check/quantities.ts';
import { defineRule } from '../check/rule.ts';
import { exampleObject, exampleObjects } from './example-objects.ts';

/** Bytes that the data of one ConfigMap or Secret may have (`MaxSecretSize`). */
const MOST = 1_048_576;

export default defineRule({
  id: 'config-size',
  on: 'objects',
  severity: 'error',
  summary: 'The data of a ConfigMap or Secret may have 1Mi at most.',
  why: 'The API server refuses more, so the wave stops at its first cluster; usually it is a model, which belongs into an image.',
  source: 'https://kubernetes.io/docs/concepts/configuration/configmap/#motivation',
  since: '0.1.0',

  *check({ objects }) {
    for (const placed of objects) {
      const { kind, apiVersion } = placed.object;
      if (apiVersion !== 'v1' || (kind !== 'ConfigMap' && kind !== 'Secret')) continue;
      let bytes = 0;
      for (const field of ['data', 'binaryData', 'stringData']) {
        const encoded = field === 'binaryData' || (kind === 'Secret' && field === 'data');
        for (const value of Object.values(asRecord(placed.object[field]))) {
          bytes += Buffer.byteLength(asText(value) ?? '', encoded ? 'base64' : 'utf8');
        }
      }
      if (bytes <= MOST) continue;
      yield {
        path: '/data',
        at: placed,
        message: `data has ${bytes} bytes (${inMi(bytes, 'up')}), at most ${MOST} (1Mi) are allowed`,
        fix: 'put large files into an image and mount it as a volume',
      };
    }
  },

  // Made when they are asked for: rules are loaded with their examples on every run.
  examples: [
    {
      title: 'exactly 1Mi',
      get subject() {
        return exampleObjects([exampleObject('ConfigMap', 'a', { data: { a: 'x'.repeat(MOST) } })]);
      },
      expect: [],
    },
    {
      title: 'one byte more, in two keys',
      get subject() {
        const data = { a: 'x'.repeat(MOST), b: 'y' };
        return exampleObjects([exampleObject('ConfigMap', 'a', { data })]);
      },
      expect: ['data has 1048577 bytes (2Mi), at most 1048576 (1Mi) are allowed'],
    },
    {
      title: 'base64 counts with what it stands for',
      get subject() {
        return exampleObjects([
          exampleObject('ConfigMap', 'a', { binaryData: { model: 'AAAA'.repeat(300_000) } }),
          exampleObject('ConfigMap', 'b', { binaryData: { model: 'AAAA'.repeat(350_000) } }),
        ]);
      },
      expect: ['data has 1050000 bytes (2Mi), at most 1048576 (1Mi) are allowed'],
    },
  ],
});
