// What the tests of fleets on clusters of five devices have in common.

import { podsOf, untilReady, versionOf, type FluxCluster } from '../../harness/flux.ts';
import type { Source } from '../../harness/source.ts';
import { beginStory, type Draft, type Story } from '../../harness/story.ts';

/** Of five devices: ceil(1 % of 5) + 1. */
export const MAX_UNAVAILABLE = 2;

/** Five nodes, by the kwok that plays them. */
export const fiveNodes = (name: string) => ({ kwok: [1, 2, 3, 4, 5].map((number) => `${name}-${number}`) });

/** Of the pods of a fleet, in order. */
export const uids = async (cluster: FluxCluster, fleet: string): Promise<readonly string[]> =>
  (await podsOf(cluster, fleet)).map(({ metadata }) => metadata.uid).toSorted();

/** Versions that pods of a fleet run, each once. */
export const versions = async (cluster: FluxCluster, fleet: string): Promise<readonly string[]> => [
  ...new Set((await podsOf(cluster, fleet)).map(versionOf)),
];

interface Beginning {
  readonly runFolder: string;
  readonly source: Source;
  /** Where it runs: a cluster of the canary wave. */
  readonly cluster: FluxCluster;
  readonly fleet: string;
  readonly change?: (draft: Draft) => void;
}

/** A fleet whose first release runs. */
export async function beginRunning({
  runFolder,
  source,
  cluster,
  fleet,
  change = () => undefined,
}: Beginning): Promise<Story> {
  const story = await beginStory({ runFolder, source, fleet, change });
  await story.edit(() => undefined);
  await story.bootstrap(cluster, story.clusterName('canary'));
  await untilReady(cluster, fleet, await story.push(cluster));
  return story;
}
