import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sliceOf } from '../../src/plan/slices.ts';
import { describeCluster, runFolder } from './cluster-test.ts';
import {
  isReady,
  missingConfigMaps,
  podsOf,
  readiness,
  requestReconcile,
  untilReady,
  versionOf,
} from '../harness/flux.ts';
import { startFluxCluster, type KwokCluster } from './harness/flux-cluster.ts';
import { readyNodes } from './harness/nodes.ts';
import { createRepository, objectsOf } from '../harness/repository.ts';
import { deliver, startSource, type Source } from '../harness/source.ts';
import { beginStory } from '../harness/story.ts';
import { until } from '../harness/until.ts';

const FLEET = 'city-cameras';
const SALT = 'city-1';

const edit = (file: string, from: string, to: string): void => {
  const text = readFileSync(file, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  writeFileSync(file, text.replace(from, to));
};

/** A cluster of the canary wave, which is 0.1 %, from the fleet's own inventory. */
const canaryOf = (inventory: string, className: string): string =>
  inventory
    .split('\n')
    .map((line) => line.split(','))
    .find(([cluster, name]) => name === className && Number(sliceOf(SALT, cluster!).slice(1)) <= 0.1)![0]!;

describeCluster.concurrent('a cluster of five devices', () => {
  let source: Source;
  let cluster: KwokCluster;
  beforeAll(async () => {
    [source, cluster] = await Promise.all([
      startSource(),
      startFluxCluster({
        folder: runFolder,
        name: 'devices',
        nodes: { kwok: ['device-1', 'device-2', 'device-3'], stuck: ['device-4'], doomed: ['device-5'] },
      }),
    ]);
  });
  afterAll(() => Promise.all([source?.stop(), cluster?.stop()]));

  test('of city-cameras comes up but for a stuck one, loses another, and takes a new release without either', async () => {
    const repository = createRepository(runFolder, process.cwd());
    await repository.synthAll();
    const name = canaryOf(repository.read('fleets/inventory/city-cameras.csv'), 'n100');
    for (const object of objectsOf(await repository.run('bootstrap', FLEET, '--cluster', name))) {
      await cluster.plane.api.apply(object);
    }
    const push = async (): Promise<string> => {
      const artifact = source.publish(repository.root);
      await deliver(cluster.plane, 'OCIRepository', FLEET, artifact);
      return artifact.revision;
    };
    const first = await untilReady(cluster, FLEET, await push());
    const inference = async () =>
      (await podsOf(cluster, FLEET)).filter(({ metadata }) => metadata.name.startsWith('inference-'));
    const pods = await inference();
    expect(pods.length).toBe(5);
    // One of five is tolerated: the declared share.
    expect(pods.filter((pod) => !isReady(pod)).map(({ spec }) => spec.nodeName)).toEqual(['device-4']);
    const [old] = pods.map(versionOf);

    await cluster.kubelets['doomed']!.stop();
    await until('device-5 to count as dead', async () => (await readyNodes(cluster.plane)).length === 4);
    await requestReconcile(cluster, `${FLEET}-release`);
    expect((await readiness(cluster, `${FLEET}-release`))?.status).toBe('True');

    edit(join(repository.root, 'fleets/city-cameras.ts'), "memory: '512Mi'", "memory: '640Mi'");
    await repository.synthAll();
    const second = await untilReady(cluster, FLEET, await push());
    await until('every living device to run the new release', async () => {
      const alive = (await inference()).filter(({ spec }) => spec.nodeName !== 'device-5');
      return (
        alive.length === 4 &&
        alive.every((pod) => versionOf(pod) !== old) &&
        alive.filter(isReady).length === 3
      );
    });
    expect(await missingConfigMaps(cluster, FLEET)).toEqual([]);
    console.log(`first release ready in ${first} s; the second, with a dead device, in ${second} s`);
  });

  test('goes on with inference whatever a bad merge does to generated/, except to empty a release', async () => {
    const fleet = 'accidents';
    const story = await beginStory({ runFolder, source, fleet });
    await story.edit(() => undefined);
    const name = story.clusterName('canary');
    await story.bootstrap(cluster, name);
    const good = await story.push(cluster);
    await untilReady(cluster, fleet, good);
    const running = (await podsOf(cluster, fleet)).map(({ metadata }) => metadata.uid).toSorted();
    const slice = `generated/${fleet}/slices/${sliceOf('hello-1', name)}/mini-pc`;
    const frame = story.repository
      .files(`generated/${fleet}/releases`)
      .find((file) => file.endsWith('frame/identity.yaml'))!;
    const nothing = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\n';

    /** Push `generated/` with a change that Breakwater would never write. */
    const accident = async (change: (root: string) => void): Promise<string> => {
      const root = mkdtempSync(join(runFolder, 'accident-'));
      cpSync(join(story.repository.root, 'generated'), join(root, 'generated'), { recursive: true });
      change(root);
      const artifact = source.publish(root);
      await deliver(cluster.plane, story.sourceKind, fleet, artifact);
      return artifact.revision;
    };
    const stillRuns = async (what: string): Promise<void> => {
      const now = (await podsOf(cluster, fleet)).map(({ metadata }) => metadata.uid).toSorted();
      expect([what, now]).toEqual([what, running]);
    };
    /** Wait until Flux says so, and see that every pod is still the one that it was. */
    const says = async (kustomization: string, what: string, reason: string, text: string): Promise<void> => {
      await until(what, async () => {
        const ready = await readiness(cluster, kustomization);
        if (ready?.status === 'False' && ready.reason === reason && ready.message.includes(text)) return true;
        throw new Error(JSON.stringify(ready));
      });
      await stillRuns(what);
    };

    await accident((root) => rmSync(join(root, slice), { recursive: true }));
    await says(fleet, 'slice folder gone', 'ArtifactFailed', 'path not found');

    await accident((root) =>
      edit(join(root, slice, 'release/kustomization.yaml'), '/objects', '-missing/objects'),
    );
    await says(`${fleet}-release`, 'pointer to a missing release', 'BuildFailed', '-missing/objects');

    await accident((root) => edit(join(root, frame), '${cluster}', '${claster}'));
    await says(fleet, 'unset variable', 'BuildFailed', 'claster');

    const childless = await accident((root) =>
      edit(join(root, dirname(frame), 'kustomization.yaml'), '  - release.yaml\n', ''),
    );
    await until('the child to be dropped', async () => {
      const outer = await readiness(cluster, fleet);
      return outer?.applied === childless && (await readiness(cluster, `${fleet}-release`)) === undefined;
    });
    await stillRuns('child dropped');

    const identity = ['v1', 'ConfigMap', 'flux-system', `breakwater-${fleet}`] as const;
    const restored = await story.push(cluster);
    await untilReady(cluster, fleet, restored);
    await cluster.plane.api.merge(...identity, { data: null });
    await says(fleet, 'identity emptied', 'BuildFailed', 'variable');
    await cluster.plane.api.remove(...identity);
    await requestReconcile(cluster, fleet);
    await says(fleet, 'identity deleted', 'BuildFailed', `breakwater-${fleet}`);

    await story.bootstrap(cluster, name);
    await untilReady(cluster, fleet, restored);
    await stillRuns('identity restored');

    // What the rule release-not-empty is for.
    const empty = await accident((root) =>
      writeFileSync(join(root, slice, 'release/kustomization.yaml'), nothing),
    );
    await untilReady(cluster, fleet, empty);
    await until('everything to be deleted', async () => (await podsOf(cluster, fleet)).length === 0);
    // The namespace is never pruned.
    expect(await cluster.plane.api.get('v1', 'Namespace', undefined, fleet)).toBeDefined();
  });
});
