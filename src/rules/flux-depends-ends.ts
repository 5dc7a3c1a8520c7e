import { asList, asText, within } from '../check/json.ts';
import { defineRule, type PlacedObject } from '../check/rule.ts';
import { exampleObjects } from './example-objects.ts';

const isKustomization = ({ object }: PlacedObject): boolean =>
  object.kind === 'Kustomization' && object.apiVersion.startsWith('kustomize.toolkit.fluxcd.io/');

const keyOf = (namespace: unknown, name: string): string => `${asText(namespace) ?? ''}/${name}`;

/** What a Kustomization waits for, as `namespace/name`; its own namespace where none is named. */
const dependenciesOf = ({ object }: PlacedObject): readonly string[] =>
  asList(within(object, 'spec', 'dependsOn')).flatMap((one) => {
    const name = asText(within(one, 'name'));
    return name === undefined ? [] : keyOf(within(one, 'namespace') ?? object.metadata.namespace, name);
  });

/** The way from a Kustomization back to itself, over those that are there. */
function wayBack(
  start: string,
  edges: ReadonlyMap<string, readonly string[]>,
): readonly string[] | undefined {
  const seen = new Set<string>();
  const queue: (readonly string[])[] = [[start]];
  for (const way of queue) {
    for (const next of edges.get(way.at(-1)!) ?? []) {
      if (next === start) return [...way, start];
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push([...way, next]);
    }
  }
  return undefined;
}

export default defineRule({
  id: 'flux-depends-ends',
  on: 'objects',
  severity: 'error',
  summary: 'No Kustomization waits for itself.',
  why: 'Those that wait for each other in a circle are never applied, and each says only that it waits for the next.',
  source: 'https://fluxcd.io/flux/components/kustomize/kustomizations/#dependencies',
  since: '0.1.0',

  *check({ objects }) {
    const all = objects.filter(isKustomization);
    const edges = new Map(
      all.map((placed) => {
        const { namespace, name } = placed.object.metadata;
        return [keyOf(namespace, name), dependenciesOf(placed)] as const;
      }),
    );
    for (const placed of all) {
      const { namespace, name } = placed.object.metadata;
      const way = wayBack(keyOf(namespace, name), edges);
      if (way === undefined) continue;
      yield {
        path: '/spec/dependsOn',
        at: placed,
        message: `${name} waits for itself: ${way.map((key) => key.slice(key.indexOf('/') + 1)).join(' waits for ')}`,
        fix: 'take one of them out of dependsOn',
      };
    }
  },

  examples: [
    {
      title: 'one after the other',
      subject: exampleObjects([example('a'), example('b', 'a'), example('c', 'a', 'b')]),
      expect: [],
    },
    {
      title: 'a circle of two, and one that waits for it',
      subject: exampleObjects([example('a', 'b'), example('b', 'a'), example('c', 'a')]),
      expect: [
        'a waits for itself: a waits for b waits for a',
        'b waits for itself: b waits for a waits for b',
      ],
    },
    {
      title: 'itself',
      subject: exampleObjects([example('a', 'a')]),
      expect: ['a waits for itself: a waits for a'],
    },
  ],
});

function example(name: string, ...dependencies: readonly string[]): PlacedObject['object'] {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name, namespace: 'flux-system' },
    spec: { dependsOn: dependencies.map((one) => ({ name: one })) },
  };
}
