import { imagesOf } from '../check/images.ts';
import { podTemplates } from '../check/pods.ts';
import { defineRule } from '../check/rule.ts';
import { exampleClass } from './example-class.ts';
import { exampleDaemonSet, exampleImage } from './example-objects.ts';

const lock = (...platforms: readonly string[]): Parameters<typeof exampleClass>[1] => ({
  images: { [exampleImage('server')]: { platforms, source: 'registry, 2026-11-01' } },
});

/** Platforms are `os/architecture[/variant]`; `unknown` is an image that holds files alone, such as a model. */
const runsOn = (platforms: readonly string[], arch: string): boolean =>
  platforms.some((platform) => platform.split('/')[1] === arch || platform.split('/')[1] === 'unknown');

export default defineRule({
  id: 'image-architecture',
  on: 'class',
  severity: 'error',
  summary: "Every image must exist for the architecture of the class's device.",
  why: 'An index without the platform cannot be pulled, and an image for another processor ends with an exec format error, on every device of the class and on no other.',
  source: 'https://github.com/opencontainers/image-spec/blob/main/image-index.md',
  since: '0.1.0',

  *check({ spec, class: name, release, images }) {
    const { arch } = spec.classes[name]!;
    for (const pod of podTemplates(release.objects)) {
      for (const { image, what, path } of imagesOf(pod)) {
        if (image === '') continue;
        const entry = images?.[image];
        if (entry === undefined) {
          yield { notEvaluated: `platforms of ${image}: it has no entry in images.lock.json` };
          continue;
        }
        if (runsOn(entry.platforms, arch)) continue;
        yield {
          path,
          at: pod.placed,
          message: `${what} runs ${image} on a device of class ${name} (${arch}), and the image exists for ${entry.platforms.join(', ')} only`,
          fix: `name an image that exists for linux/${arch}, with byClass where classes differ`,
        };
      }
    }
  },

  examples: [
    { title: 'the right one', subject: exampleClass(undefined, lock('linux/amd64')), expect: [] },
    {
      title: 'several, with a variant',
      subject: exampleClass([exampleDaemonSet()], {
        ...lock('linux/amd64', 'linux/arm64/v8'),
        device: { arch: 'arm64' },
      }),
      expect: [],
    },
    {
      title: 'TensorFlow Serving on a board with an arm64 processor',
      subject: exampleClass([exampleDaemonSet()], { ...lock('linux/amd64'), device: { arch: 'arm64' } }),
      expect: [
        `container "server" runs ${exampleImage('server')} on a device of class n100 (arm64), and the image exists for linux/amd64 only`,
      ],
    },
    {
      title: 'an image that nobody has looked up',
      subject: exampleClass([exampleDaemonSet()]),
      expect: [`not evaluated: platforms of ${exampleImage('server')}: it has no entry in images.lock.json`],
    },
  ],
});
