import { afterAll, beforeAll, expect, test } from 'vitest';
import { git } from '../../src/index.ts';
import { isReady, missingConfigMaps, podsOf, requestReconcile, untilReady } from '../harness/flux.ts';
import { startSource, type Source } from '../harness/source.ts';
import { beginStory, editServer, type Draft, type Story } from '../harness/story.ts';
import { until } from '../harness/until.ts';
import { describeCluster, runFolder } from './cluster-test.ts';
import { beginRunning, fiveNodes, uids } from './harness/five-devices.ts';
import { startFluxCluster, type KwokCluster } from './harness/flux-cluster.ts';

describeCluster.concurrent('Flux', () => {
  let source: Source;
  let cluster: KwokCluster;

  beforeAll(async () => {
    [source, cluster] = await Promise.all([
      startSource(),
      startFluxCluster({ folder: runFolder, name: 'one', nodes: fiveNodes('one') }),
    ]);
  });
  afterAll(() => Promise.all([source?.stop(), cluster?.stop()]));

  const begin = (fleet: string, change?: (draft: Draft) => void): Promise<Story> =>
    beginRunning({ runFolder, source, cluster, fleet, ...(change ? { change } : {}) });

  test('brings a new cluster up from what bootstrap prints, also one named 0042', async () => {
    const fleet = 'first';
    const story = await beginStory({ runFolder, source, fleet });
    await story.edit(() => undefined);
    await story.bootstrap(cluster, '0042');
    const seconds = await untilReady(cluster, fleet, await story.push(cluster));
    console.log(`first release ready ${seconds} s after the push`);
    const pods = await podsOf(cluster, fleet);
    expect(pods.length).toBe(5);
    expect(pods.every(isReady)).toBe(true);
    expect(await missingConfigMaps(cluster, fleet)).toEqual([]);
    const identity = await cluster.plane.api.get('v1', 'ConfigMap', fleet, 'breakwater-identity');
    expect(identity!['data']).toMatchObject({ cluster: '0042', class: 'mini-pc', region: 'north' });
  });

  test('restarts no pod for a release that changes only the frame', async () => {
    const fleet = 'frame';
    const story = await begin(fleet);
    const before = await uids(cluster, fleet);
    const releases = story.repository.files(`generated/${fleet}/releases`);
    await story.edit((draft) => {
      draft.delivery = { ...draft.delivery, timeout: '45s' };
    });
    expect(story.repository.files(`generated/${fleet}/releases`)).not.toEqual(releases);
    await untilReady(cluster, fleet, await story.push(cluster));
    expect(await uids(cluster, fleet)).toEqual(before);
    const child = await cluster.plane.api.get<{ timeout: string }>(
      'kustomize.toolkit.fluxcd.io/v1',
      'Kustomization',
      'flux-system',
      `${fleet}-release`,
    );
    expect(child!.spec.timeout).toBe('45s');
  });

  test('takes a cluster that was offline for three releases straight to the current one', async () => {
    const fleet = 'offline';
    const story = await begin(fleet, (draft) => {
      draft.delivery = {
        ...draft.delivery,
        source: git({ url: 'https://git.example.com/fleets.git', branch: 'main' }),
      };
    });
    expect(story.sourceKind).toBe('GitRepository');
    for (const memory of ['600Mi', '700Mi', '800Mi'])
      await story.edit((draft) => editServer(draft, { memory }));
    await untilReady(cluster, fleet, await story.push(cluster));
    const revisions = await cluster.plane.api.list('apps/v1', 'ControllerRevision', fleet);
    expect(revisions.length).toBe(2);
    const [pod] = await podsOf(cluster, fleet);
    expect(JSON.stringify(pod!.spec)).toContain('"memory":"800Mi"');
  });

  test('removes what a release dropped', async () => {
    const fleet = 'prune';
    const story = await beginStory({ runFolder, source, fleet });
    await story.edit((draft) => {
      draft.workloads = { ...draft.workloads, second: draft.workloads['inference']! };
    });
    await story.bootstrap(cluster, story.clusterName('canary'));
    await untilReady(cluster, fleet, await story.push(cluster));
    expect((await podsOf(cluster, fleet)).length).toBe(10);
    const kept = (await podsOf(cluster, fleet)).filter(({ metadata }) =>
      metadata.name.startsWith('inference-'),
    );
    await story.edit((draft) => {
      draft.workloads = { inference: draft.workloads['inference']! };
    });
    await untilReady(cluster, fleet, await story.push(cluster));
    await until('the dropped pods to be gone', async () => (await podsOf(cluster, fleet)).length === 5);
    expect(await uids(cluster, fleet)).toEqual(kept.map(({ metadata }) => metadata.uid).toSorted());
  });

  test('corrects what somebody edited on the cluster', async () => {
    const fleet = 'drift';
    await begin(fleet);
    const image = 'registry.example.com/wrong:latest';
    const path = await cluster.plane.api.path('apps/v1', 'DaemonSet', fleet, 'inference');
    const { body } = await cluster.plane.api.demand<{
      spec: { template: { spec: { containers: { image: string }[] } } };
    }>('GET', path);
    const right = body.spec.template.spec.containers[0]!.image;
    body.spec.template.spec.containers[0]!.image = image;
    await cluster.plane.api.demand('PUT', path, body);
    await requestReconcile(cluster, `${fleet}-release`);
    const live = await cluster.plane.api.demand<typeof body>('GET', path);
    expect(live.body.spec.template.spec.containers[0]!.image).toBe(right);
  });

  test('lets two fleets on one cluster be', async () => {
    const [one] = await Promise.all([begin('twin'), begin('twin-two')]);
    const other = await uids(cluster, 'twin-two');
    await one.edit((draft) => editServer(draft, { memory: '600Mi' }));
    await untilReady(cluster, 'twin', await one.push(cluster));
    await requestReconcile(cluster, 'twin-two');
    await requestReconcile(cluster, 'twin-two-release');
    expect(await uids(cluster, 'twin-two')).toEqual(other);
    expect((await uids(cluster, 'twin')).length).toBe(5);
  });
});
