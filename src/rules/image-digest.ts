import { imagesOf } from '../check/images.ts';
import { podTemplates } from '../check/pods.ts';
import { defineRule } from '../check/rule.ts';
import { exampleContainer, exampleDaemonSet, exampleImage, exampleObjects } from './example-objects.ts';

const PINNED = /@sha256:[0-9a-f]{64}$/;

/** The reference without tag and digest: what the fix names. */
const nameIn = (image: string): string => image.replace(/@.*$/, '').replace(/:[^/]*$/, '');

export default defineRule({
  id: 'image-digest',
  on: 'objects',
  severity: 'error',
  summary: 'Every image must be pinned by its digest.',
  why: 'A tag can name another image tomorrow: devices that pull at different times run different code, no rollback brings the old one back, and evidence from the canary says nothing about the rest.',
  source: 'https://kubernetes.io/docs/concepts/containers/images/#image-names',
  since: '0.1.0',

  *check({ objects }) {
    for (const pod of podTemplates(objects)) {
      for (const { what, path, image } of imagesOf(pod)) {
        if (PINNED.test(image)) continue;
        yield {
          path,
          at: pod.placed,
          message: image === '' ? `${what} has no image` : `${what} names image ${image} without a digest`,
          fix: `pin it: ${image === '' ? 'registry.example.com/name' : nameIn(image)}@sha256:<64 hex digits>`,
        };
      }
    }
  },

  examples: [
    { title: 'pinned', subject: exampleObjects([exampleDaemonSet()]), expect: [] },
    {
      title: 'a tag beside the digest does no harm',
      subject: exampleObjects([
        exampleDaemonSet({
          containers: [exampleContainer({ image: exampleImage('server:1.2') })],
        }),
      ]),
      expect: [],
    },
    {
      title: 'a tag alone',
      subject: exampleObjects([
        exampleDaemonSet({ containers: [exampleContainer({ image: 'tensorflow/serving:latest' })] }),
      ]),
      expect: ['container "server" names image tensorflow/serving:latest without a digest'],
    },
    {
      title: 'a digest that is too short',
      subject: exampleObjects([
        exampleDaemonSet({
          containers: [exampleContainer({ image: 'localhost:5000/server@sha256:9f86d0' })],
        }),
      ]),
      expect: ['container "server" names image localhost:5000/server@sha256:9f86d0 without a digest'],
    },
    {
      title: 'the model in an image volume',
      subject: exampleObjects([
        exampleDaemonSet({
          containers: [exampleContainer({ volumeMounts: [{ name: 'model', mountPath: '/models' }] })],
          volumes: [{ name: 'model', image: { reference: 'registry.example.com/detector:3' } }],
        }),
      ]),
      expect: ['volume "model" names image registry.example.com/detector:3 without a digest'],
    },
  ],
});
