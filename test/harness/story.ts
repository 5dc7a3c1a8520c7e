// One fleet's life on test clusters: its definition is edited, Breakwater's verbs write, Flux follows.

import { loadFleets } from '../../src/fleet/load.ts';
import type { FleetSpec, FluxDelivery, ModelServerSpec } from '../../src/fleet/spec.ts';
import { indexOfSlice, sliceOf } from '../../src/plan/slices.ts';
import { deliver, type Artifact, type Source } from './source.ts';
import type { FluxCluster } from './flux.ts';
import { createRepository, objectsOf, type Repository } from './repository.ts';

/** A definition as it stands in a JSON file: everything may be edited. */
export type Draft = { -readonly [K in keyof FleetSpec]: FleetSpec[K] } & { delivery: FluxDelivery };

export interface Story {
  readonly fleet: string;
  readonly repository: Repository;
  readonly sourceKind: 'GitRepository' | 'OCIRepository';
  /** Change the definition, as an engineer does, and write `generated/`. */
  edit(change: (draft: Draft) => void): Promise<void>;
  /** Apply to a cluster once what `bootstrap` prints. */
  bootstrap(cluster: FluxCluster, name: string): Promise<void>;
  /**
   * Commit and push: the clusters named learn of it now.
   * @returns the revision
   */
  push(...clusters: readonly FluxCluster[]): Promise<string>;
  /** A name for a cluster whose slice the canary wave holds, or the last wave. */
  clusterName(wave: 'canary' | 'last', word?: string): string;
}

/** Short times, so that a test sees what takes minutes in the field; 30 s is the shortest that Flux honours. */
const DELIVERY = { interval: '10m', timeout: '30s', retryInterval: '5s' } as const;

interface Options {
  readonly runFolder: string;
  readonly source: Source;
  /** Names the fleet. */
  readonly fleet: string;
  /** What is other than in hello-edge from the beginning. */
  readonly change?: (draft: Draft) => void;
}

/** Begin with hello-edge under another name, small enough that many fit one node. */
export async function beginStory({ runFolder, source, fleet, change }: Options): Promise<Story> {
  const [hello] = await loadFleets(['hello-edge'], { cwd: process.cwd() });
  const draft = structuredClone(hello!.spec) as Draft;
  draft.name = fleet;
  draft.delivery = { ...draft.delivery, ...DELIVERY };
  draft.classes = {
    'mini-pc': {
      ...draft.classes['mini-pc']!,
      memory: '64Gi',
      cpu: '64',
      disk: '512Gi',
      maxDevicesPerCluster: 5,
    },
  };
  draft.inventory = [{ class: 'mini-pc', region: 'north', clusters: 10_000, devicesPerCluster: 5 }];
  draft.rollout = {
    ...draft.rollout,
    // Nobody measures anything here.
    gate: { by: 'human', window: '10m', overdueAfter: '6h' },
    budget: { maxHarmedDevices: 50_000, maxDevicesPerPromotion: 50_000 },
  };
  editServer(draft, { loadTime: '10s' });
  change?.(draft);
  const repository = createRepository(runFolder);
  const sourceKind = draft.delivery.source.kind === 'git' ? 'GitRepository' : 'OCIRepository';

  let artifact: Artifact | undefined;
  return {
    fleet,
    repository,
    sourceKind,
    async edit(change) {
      change(draft);
      repository.write(`fleets/${fleet}.json`, JSON.stringify(draft, undefined, 2));
      await repository.run('synth', fleet);
    },
    async bootstrap(cluster, name) {
      const text = await repository.run('bootstrap', fleet, '--cluster', name);
      for (const object of objectsOf(text))
        await cluster.plane.api.apply(object, { fieldManager: 'kubectl' });
      if (artifact) await deliver(cluster.plane, sourceKind, fleet, artifact);
    },
    async push(...clusters) {
      artifact = source.publish(repository.root);
      for (const { plane } of clusters) await deliver(plane, sourceKind, fleet, artifact);
      return artifact.revision;
    },
    clusterName(wave, word = 'edge') {
      const { salt, waves } = draft.rollout;
      const last = Math.round(waves[0]!.percent * 100);
      for (let number = 0; ; number += 1) {
        const name = `${word}-${number}`;
        const slice = sliceOf(salt, name);
        if (Number(slice.slice(1)) * 100 <= last === (wave === 'canary') && indexOfSlice(slice) !== undefined)
          return name;
      }
    },
  };
}

/** Edit the model server of a draft. */
export function editServer(draft: Draft, change: Partial<ModelServerSpec>): void {
  const server = draft.workloads['inference'] as ModelServerSpec;
  draft.workloads = { ...draft.workloads, inference: { ...server, ...change } };
}
