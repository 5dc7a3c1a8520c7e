import { asList, asRecord, asText, step, within, type Json } from '../check/json.ts';
import {
  refuseConfigKey,
  refuseKey,
  refuseLabel,
  refuseLabelValue,
  refuseName,
  refusePortName,
  type Refusal,
} from '../check/names.ts';
import { containersOf, nameOf, podTemplateOf } from '../check/pods.ts';
import { defineRule, type PlacedObject } from '../check/rule.ts';
import { exampleContainer, exampleDaemonSet, exampleObject, exampleObjects } from './example-objects.ts';

/** Bytes that all annotations of one object may take together. */
const ANNOTATIONS = 262_144;

interface Name {
  readonly path: string;
  /** What it names, such as `container name`. */
  readonly what: string;
  readonly value: unknown;
  readonly refusal: Refusal;
}

export default defineRule({
  id: 'name-valid',
  on: 'objects',
  severity: 'error',
  summary: 'Names, labels and annotations must be what the API server takes, for each kind.',
  why: 'The published schemas say only that a name is a text, so the mistake shows when the first cluster of a wave refuses the object.',
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#names',
  since: '0.1.0',

  *check({ objects }) {
    for (const placed of objects) {
      for (const { path, what, value, refusal } of namesIn(placed)) {
        if (refusal === undefined) continue;
        const shown = typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? 'nothing');
        const fix =
          typeof value === 'string' || value === undefined
            ? 'choose another'
            : `write it as a text: '${JSON.stringify(value)}'`;
        yield { path, at: placed, message: `${what} ${shown} ${refusal}`, fix };
      }
    }
  },

  examples: [
    {
      title: 'names as they should be',
      subject: exampleObjects([
        exampleDaemonSet({
          containers: [exampleContainer({ ports: [{ name: 'http', containerPort: 80 }] })],
        }),
        exampleObject('Service', 'inference'),
        exampleObject('ClusterRole', 'system:reader'),
      ]),
      expect: [],
    },
    {
      title: 'a CronJob of 52 characters',
      subject: exampleObjects([exampleObject('CronJob', 'c'.repeat(52))]),
      expect: [],
    },
    {
      title: 'a CronJob of 53 characters',
      subject: exampleObjects([exampleObject('CronJob', 'c'.repeat(53))]),
      expect: [`name of the CronJob "${'c'.repeat(53)}" has 53 characters, at most 52 are allowed`],
    },
    {
      title: 'a name in capitals, a Service that begins with a digit',
      subject: exampleObjects([exampleObject('ConfigMap', 'Labels'), exampleObject('Service', '2nd')]),
      expect: [
        'name of the ConfigMap "Labels" must be lower case letters, digits, inner hyphens and inner dots',
        'name of the Service "2nd" must begin with a lower case letter and go on with those, digits and inner hyphens',
      ],
    },
    {
      title: 'labels that YAML reads as something else, or that are too long',
      subject: exampleObjects([
        exampleObject('ConfigMap', 'labels', {
          metadata: {
            name: 'labels',
            namespace: 'store-cameras',
            labels: { enabled: true, site: 'x'.repeat(64), 'a/b/c': 'd' },
          },
        }),
      ]),
      expect: [
        'value of label enabled true is no text',
        `value of label site "${'x'.repeat(64)}" has 64 characters, at most 63 are allowed`,
        'label key "a/b/c" has more than one slash',
      ],
    },
    {
      title: 'a port name of 16 characters, two containers of one name',
      subject: exampleObjects([
        exampleDaemonSet({
          containers: [
            exampleContainer({ ports: [{ name: 'inference-metric', containerPort: 80 }] }),
            exampleContainer(),
          ],
        }),
      ]),
      expect: [
        'port name of container "server" "inference-metric" has 16 characters, at most 15 are allowed',
        'container name "server" stands twice in the pod',
      ],
    },
    {
      title: 'a key of a ConfigMap with a slash',
      subject: exampleObjects([exampleObject('ConfigMap', 'labels', { data: { 'a/b': '' } })]),
      expect: ['key of data "a/b" must be letters, digits, hyphens, underscores and dots'],
    },
  ],
});

const orNoText = (value: unknown, refuse: (text: string) => Refusal): Refusal =>
  typeof value === 'string' ? refuse(value) : 'is no text';

/** All names in an object, in the order of the object. */
function* namesIn(placed: PlacedObject): Iterable<Name> {
  const { kind, metadata } = placed.object;
  const { name, namespace, generateName } = metadata as Json;
  if (name !== undefined || generateName === undefined) {
    const refusal = orNoText(name, (text) => refuseName(kind, text));
    yield { path: '/metadata/name', what: `name of the ${kind}`, value: name, refusal };
  }
  if (namespace !== undefined) {
    const refusal = orNoText(namespace, refuseLabel);
    yield { path: '/metadata/namespace', what: 'namespace', value: namespace, refusal };
  }
  yield* labelsIn(metadata, '/metadata');
  for (const field of ['data', 'binaryData', 'stringData']) {
    if (kind !== 'ConfigMap' && kind !== 'Secret') break;
    for (const key of Object.keys(asRecord(placed.object[field]))) {
      yield { path: `/${field}${step(key)}`, what: 'key of data', value: key, refusal: refuseConfigKey(key) };
    }
  }
  const pod = podTemplateOf(placed);
  if (!pod) return;
  if (pod.path !== '')
    yield* labelsIn(asRecord(within(templateOf(placed, pod.path), 'metadata')), `${pod.path}/metadata`);
  const seen = new Set<unknown>();
  for (const container of containersOf(pod)) {
    const { name } = container.spec;
    const twice = seen.has(name) ? 'stands twice in the pod' : undefined;
    seen.add(name);
    const refusal = twice ?? orNoText(name, refuseLabel);
    yield { path: `${container.path}/name`, what: 'container name', value: name, refusal };
    for (const [index, port] of asList(container.spec['ports']).entries()) {
      const value = asRecord(port)['name'];
      if (value === undefined) continue;
      const path = `${container.path}/ports/${index}/name`;
      yield {
        path,
        what: `port name of ${nameOf(container)}`,
        value,
        refusal: orNoText(value, refusePortName),
      };
    }
  }
  const volumes = new Set<unknown>();
  for (const [index, volume] of asList(pod.spec['volumes']).entries()) {
    const value = asRecord(volume)['name'];
    const twice = volumes.has(value) ? 'stands twice in the pod' : undefined;
    volumes.add(value);
    const path = `${pod.path}/spec/volumes/${index}/name`;
    yield { path, what: 'volume name', value, refusal: twice ?? orNoText(value, refuseLabel) };
  }
}

function templateOf(placed: PlacedObject, path: string): unknown {
  return within(placed.object, ...path.split('/').slice(1));
}

function* labelsIn(metadata: Json, above: string): Iterable<Name> {
  for (const [key, value] of Object.entries(asRecord(metadata['labels']))) {
    const path = `${above}/labels${step(key)}`;
    yield { path, what: 'label key', value: key, refusal: refuseKey(key) };
    yield { path, what: `value of label ${key}`, value, refusal: orNoText(value, refuseLabelValue) };
  }
  let bytes = 0;
  for (const [key, value] of Object.entries(asRecord(metadata['annotations']))) {
    const path = `${above}/annotations${step(key)}`;
    yield { path, what: 'annotation key', value: key, refusal: refuseKey(key.toLowerCase()) };
    yield { path, what: `value of annotation ${key}`, value, refusal: orNoText(value, () => undefined) };
    bytes += Buffer.byteLength(key) + Buffer.byteLength(asText(value) ?? '');
  }
  if (bytes > ANNOTATIONS) {
    const refusal = `take ${bytes} bytes, at most ${ANNOTATIONS} are allowed`;
    yield { path: `${above}/annotations`, what: 'annotations', value: 'all', refusal };
  }
}
