import { asText } from '../check/json.ts';
import { containersOf, nameOf, podTemplates } from '../check/pods.ts';
import { defineRule } from '../check/rule.ts';
import { exampleContainer, exampleDaemonSet, exampleObjects } from './example-objects.ts';

/** What the API server fills in: `Always` for the tag `latest` or none, unless a digest is given. */
const isLatest = (image: string): boolean =>
  !image.includes('@') && (image.endsWith(':latest') || !/:[^/]*$/.test(image));

export default defineRule({
  id: 'image-pull-policy',
  on: 'objects',
  severity: 'error',
  summary: 'Images must not be asked of the registry at every start.',
  why: 'With the policy Always a device whose uplink is down cannot restart a container whose image it already has: one crash while offline ends inference.',
  source: 'https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy',
  since: '0.1.0',

  *check({ objects }) {
    for (const pod of podTemplates(objects)) {
      for (const container of containersOf(pod)) {
        const image = asText(container.spec['image']) ?? '';
        const policy = asText(container.spec['imagePullPolicy']);
        if (policy === undefined ? image === '' || !isLatest(image) : policy !== 'Always') continue;
        yield {
          path: policy === undefined ? container.path : `${container.path}/imagePullPolicy`,
          at: pod.placed,
          message: `${nameOf(container)} asks the registry at every start: imagePullPolicy ${policy === undefined ? `defaults to Always for ${image}` : 'is Always'}`,
          fix: 'pin the image by digest and set imagePullPolicy to IfNotPresent',
        };
      }
    }
  },

  examples: [
    { title: 'only when it is absent', subject: exampleObjects([exampleDaemonSet()]), expect: [] },
    {
      title: 'by digest, the default is right',
      subject: exampleObjects([
        exampleDaemonSet({ containers: [exampleContainer({ imagePullPolicy: undefined })] }),
      ]),
      expect: [],
    },
    {
      title: 'what cdk8s-plus writes',
      subject: exampleObjects([
        exampleDaemonSet({ containers: [exampleContainer({ imagePullPolicy: 'Always' })] }),
      ]),
      expect: ['container "server" asks the registry at every start: imagePullPolicy is Always'],
    },
    {
      title: 'what latest means',
      subject: exampleObjects([
        exampleDaemonSet({
          containers: [
            exampleContainer({ image: 'tensorflow/serving:latest', imagePullPolicy: undefined }),
            exampleContainer({ name: 'other', image: 'localhost:5000/other', imagePullPolicy: undefined }),
          ],
        }),
      ]),
      expect: [
        'container "server" asks the registry at every start: imagePullPolicy defaults to Always for tensorflow/serving:latest',
        'container "other" asks the registry at every start: imagePullPolicy defaults to Always for localhost:5000/other',
      ],
    },
  ],
});
