import { asList, asRecord, asText } from '../check/json.ts';
import { podTemplates } from '../check/pods.ts';
import { defineRule } from '../check/rule.ts';
import { exampleDaemonSet, exampleImage, exampleObjects } from './example-objects.ts';

export default defineRule({
  id: 'volume-source',
  on: 'objects',
  severity: 'error',
  summary: 'Every volume must have exactly one source.',
  why: 'A volume without a source is an empty folder that is lost with the pod: cdk8s-plus drops sources that its types do not know, image volumes among them, without a word.',
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/#volume-types',
  since: '0.1.0',

  *check({ objects }) {
    for (const pod of podTemplates(objects)) {
      for (const [index, value] of asList(pod.spec['volumes']).entries()) {
        const volume = asRecord(value);
        const sources = Object.keys(volume).filter((key) => key !== 'name' && volume[key] != null);
        if (sources.length === 1) continue;
        const name = asText(volume['name']) ?? `#${index}`;
        yield {
          path: `${pod.path}/spec/volumes/${index}`,
          at: pod.placed,
          message:
            sources.length === 0
              ? `volume "${name}" has no source`
              : `volume "${name}" has ${sources.length} sources: ${sources.join(', ')}`,
          fix:
            sources.length === 0
              ? 'give it one, such as image, configMap or emptyDir: {}; what cdk8s-plus drops, an ApiObject of cdk8s keeps'
              : 'keep one of them',
        };
      }
    }
  },

  examples: [
    {
      title: 'an image, an empty folder',
      subject: exampleObjects([
        exampleDaemonSet({
          volumes: [
            { name: 'model', image: { reference: exampleImage('detector') } },
            { name: 'tmp', emptyDir: {} },
          ],
        }),
      ]),
      expect: [],
    },
    {
      title: 'what cdk8s-plus leaves of an image volume',
      subject: exampleObjects([exampleDaemonSet({ volumes: [{ name: 'model' }] })]),
      expect: ['volume "model" has no source'],
    },
    {
      title: 'two sources',
      subject: exampleObjects([
        exampleDaemonSet({ volumes: [{ name: 'model', emptyDir: {}, configMap: { name: 'model' } }] }),
      ]),
      expect: ['volume "model" has 2 sources: emptyDir, configMap'],
    },
  ],
});
