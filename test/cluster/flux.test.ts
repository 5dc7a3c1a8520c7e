import { afterAll, beforeAll, expect, test } from 'vitest';
import { containerServer, git } from '../../src/index.ts';
import { describeCluster, runFolder } from './cluster-test.ts';
import {
  isReady,
  missingConfigMaps,
  podsOf,
  readiness,
  requestReconcile,
  untilReady,
  versionOf,
  type FluxCluster,
} from '../harness/flux.ts';
import { startFluxCluster, type KwokCluster } from './harness/flux-cluster.ts';
import { startSource, type Source } from '../harness/source.ts';
import { beginStory, editServer, type Draft, type Story } from '../harness/story.ts';
import { until } from '../harness/until.ts';

/** Of five devices: ceil(1 % of 5) + 1. */
const MAX_UNAVAILABLE = 2;

const fiveNodes = (name: string) => ({ kwok: [1, 2, 3, 4, 5].map((number) => `${name}-${number}`) });

const uids = async (cluster: FluxCluster, fleet: string): Promise<readonly string[]> =>
  (await podsOf(cluster, fleet)).map(({ metadata }) => metadata.uid).toSorted();

const versions = async (cluster: FluxCluster, fleet: string): Promise<readonly string[]> => [
  ...new Set((await podsOf(cluster, fleet)).map(versionOf)),
];

const log = (line: string): void => console.log(line);

describeCluster.concurrent('Flux', () => {
  let source: Source;
  let early: KwokCluster;
  let late: KwokCluster;

  beforeAll(async () => {
    const started = Date.now();
    [source, early, late] = await Promise.all([
      startSource(),
      startFluxCluster({ folder: runFolder, name: 'early', nodes: fiveNodes('early') }),
      startFluxCluster({
        folder: runFolder,
        name: 'late',
        nodes: fiveNodes('late'),
        gates: ['CancelHealthCheckOnNewRevision=true'],
      }),
    ]);
    log(`two clusters with everything: ready in ${Date.now() - started} ms`);
  });
  afterAll(() => Promise.all([source?.stop(), early?.stop(), late?.stop()]));

  /** A fleet whose first release runs on `early`, which is in the canary wave. */
  async function begin(fleet: string, change: (draft: Draft) => void = () => undefined): Promise<Story> {
    const story = await beginStory({ runFolder, source, fleet, change });
    await story.edit(() => undefined);
    await story.bootstrap(early, story.clusterName('canary'));
    await untilReady(early, fleet, await story.push(early));
    return story;
  }

  test('brings a new cluster up from what bootstrap prints, also one named 0042', async () => {
    const fleet = 'first';
    const story = await beginStory({ runFolder, source, fleet });
    await story.edit(() => undefined);
    await story.bootstrap(early, '0042');
    const seconds = await untilReady(early, fleet, await story.push(early));
    log(`first release ready ${seconds} s after the push`);
    const pods = await podsOf(early, fleet);
    expect(pods.length).toBe(5);
    expect(pods.every(isReady)).toBe(true);
    expect(await missingConfigMaps(early, fleet)).toEqual([]);
    const identity = await early.plane.api.get('v1', 'ConfigMap', fleet, 'breakwater-identity');
    expect(identity!['data']).toMatchObject({ cluster: '0042', class: 'mini-pc', region: 'north' });
  });

  test('brings a new release to canary clusters alone, whatever wave boundaries do, until it is promoted', async () => {
    const fleet = 'waves';
    const story = await begin(fleet);
    await story.bootstrap(late, story.clusterName('last'));
    await untilReady(late, fleet, await story.push(late));
    const before = { early: await uids(early, fleet), late: await uids(late, fleet) };
    const [first] = await versions(late, fleet);

    await story.edit((draft) => editServer(draft, { memory: '600Mi' }));
    const second = await story.push(early, late);
    log(`second release ready on the canary in ${await untilReady(early, fleet, second)} s`);
    await untilReady(late, fleet, second);
    const now = await versions(early, fleet);
    expect(now).not.toContain(first);
    expect(await uids(late, fleet)).toEqual(before.late);
    expect(await missingConfigMaps(early, fleet)).toEqual([]);

    const running = await uids(early, fleet);
    await story.edit((draft) => {
      const [canary, ...others] = draft.rollout.waves;
      draft.rollout = { ...draft.rollout, waves: [{ ...canary!, percent: 2 }, ...others] };
    });
    const boundaries = await story.push(early, late);
    await Promise.all([untilReady(early, fleet, boundaries), untilReady(late, fleet, boundaries)]);
    expect(await uids(early, fleet)).toEqual(running);
    expect(await uids(late, fleet)).toEqual(before.late);

    // The canary's rest (1 to 2 %), then "early", then "rest".
    for (let wave = 0; wave < 3; wave += 1) {
      const anyway = ['--early', 'a test does not wait for a soak', '--override', 'nor for evidence'];
      await story.repository.run('promote', fleet, ...anyway);
    }
    const promoted = await story.push(early, late);
    await Promise.all([untilReady(early, fleet, promoted), untilReady(late, fleet, promoted)]);
    expect(await versions(late, fleet)).toEqual(now);
    expect(await uids(early, fleet)).toEqual(running);
    expect(await missingConfigMaps(late, fleet)).toEqual([]);
  });

  test('restarts no pod for a release that changes only the frame', async () => {
    const fleet = 'frame';
    const story = await begin(fleet);
    const before = await uids(early, fleet);
    const releases = story.repository.files(`generated/${fleet}/releases`);
    await story.edit((draft) => {
      draft.delivery = { ...draft.delivery, timeout: '45s' };
    });
    expect(story.repository.files(`generated/${fleet}/releases`)).not.toEqual(releases);
    await untilReady(early, fleet, await story.push(early));
    expect(await uids(early, fleet)).toEqual(before);
    const child = await early.plane.api.get<{ timeout: string }>(
      'kustomize.toolkit.fluxcd.io/v1',
      'Kustomization',
      'flux-system',
      `${fleet}-release`,
    );
    expect(child!.spec.timeout).toBe('45s');
  });

  test('keeps a release that does not fit on its wave: not ready in time, no more devices than allowed, and back', async () => {
    const fleet = 'too-big';
    const story = await begin(fleet);
    const [good] = await versions(early, fleet);
    const generation = await uids(early, fleet);
    // The definition claims 64Gi; the devices have 32Gi.
    await story.edit((draft) => editServer(draft, { memory: '40Gi' }));
    const started = Date.now();
    await story.push(early);
    const failed = await until('the release to fail', async () => {
      const ready = await readiness(early, `${fleet}-release`);
      return ready?.status === 'False' && ready;
    });
    const seconds = (Date.now() - started) / 1000;
    expect(failed.reason).toBe('HealthCheckFailed');
    expect(seconds).toBeLessThan(60);
    log(`a release that does not fit: ${failed.reason} after ${seconds} s, of a timeout of 30 s`);

    const kept = (await podsOf(early, fleet)).filter((pod) => generation.includes(pod.metadata.uid));
    expect(kept.length).toBe(5 - MAX_UNAVAILABLE);
    expect(kept.every((pod) => isReady(pod) && versionOf(pod) === good)).toBe(true);
    expect(await missingConfigMaps(early, fleet)).toEqual([]);

    await story.repository.run('rollback', fleet, '--reason', 'it does not fit');
    const back = await untilReady(early, fleet, await story.push(early));
    log(`rollback after the failure: ready in ${back} s`);
    expect(await versions(early, fleet)).toEqual([good]);
    expect((await podsOf(early, fleet)).every(isReady)).toBe(true);
  });

  test('brings a release that never gets ready back by rollback, at once where health checks are cancelled', async () => {
    const fleet = 'bad-probe';
    const story = await begin(fleet);
    await story.bootstrap(late, story.clusterName('canary', 'other'));
    await untilReady(late, fleet, await story.push(late));
    const [good] = await versions(early, fleet);
    await story.edit((draft) => {
      const { image } = (draft.workloads['inference'] as { server: { image: string } }).server;
      editServer(draft, {
        server: containerServer({ image, ports: { http: 8501 }, ready: '/never', baseMemory: '200Mi' }),
      });
    });
    const bad = await story.push(early, late);
    for (const cluster of [early, late]) {
      await until('the health check to wait for the new pods', async () => {
        const ready = await readiness(cluster, `${fleet}-release`);
        const pods = await podsOf(cluster, fleet);
        return (
          ready?.status === 'Unknown' &&
          ready.attempted === bad &&
          pods.some((pod) => versionOf(pod) !== good)
        );
      });
      const pods = await podsOf(cluster, fleet);
      expect(pods.filter((pod) => !isReady(pod)).length).toBeLessThanOrEqual(MAX_UNAVAILABLE);
      // The bad release has other ConfigMaps; a pod of the one before that starts again still finds its own.
      expect(await missingConfigMaps(cluster, fleet)).toEqual([]);
    }
    await story.repository.run('rollback', fleet, '--reason', 'it never answers');
    const revision = await story.push(early, late);
    const [plain, cancelling] = await Promise.all([
      untilReady(early, fleet, revision),
      untilReady(late, fleet, revision),
    ]);
    log(
      `rollback during a health check: ready in ${plain} s, with CancelHealthCheckOnNewRevision in ${cancelling} s`,
    );
    expect(cancelling).toBeLessThan(25);
    for (const cluster of [early, late]) {
      expect(await versions(cluster, fleet)).toEqual([good]);
      expect((await podsOf(cluster, fleet)).every(isReady)).toBe(true);
    }
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
    await untilReady(early, fleet, await story.push(early));
    const revisions = await early.plane.api.list('apps/v1', 'ControllerRevision', fleet);
    expect(revisions.length).toBe(2);
    const [pod] = await podsOf(early, fleet);
    expect(JSON.stringify(pod!.spec)).toContain('"memory":"800Mi"');
  });

  test('removes what a release dropped', async () => {
    const fleet = 'prune';
    const story = await beginStory({ runFolder, source, fleet });
    await story.edit((draft) => {
      draft.workloads = { ...draft.workloads, second: draft.workloads['inference']! };
    });
    await story.bootstrap(early, story.clusterName('canary'));
    await untilReady(early, fleet, await story.push(early));
    expect((await podsOf(early, fleet)).length).toBe(10);
    const kept = (await podsOf(early, fleet)).filter(({ metadata }) =>
      metadata.name.startsWith('inference-'),
    );
    await story.edit((draft) => {
      draft.workloads = { inference: draft.workloads['inference']! };
    });
    await untilReady(early, fleet, await story.push(early));
    await until('the dropped pods to be gone', async () => (await podsOf(early, fleet)).length === 5);
    expect(await uids(early, fleet)).toEqual(kept.map(({ metadata }) => metadata.uid).toSorted());
  });

  test('corrects what somebody edited on the cluster', async () => {
    const fleet = 'drift';
    await begin(fleet);
    const image = 'registry.example.com/wrong:latest';
    const path = await early.plane.api.path('apps/v1', 'DaemonSet', fleet, 'inference');
    const { body } = await early.plane.api.demand<{
      spec: { template: { spec: { containers: { image: string }[] } } };
    }>('GET', path);
    const right = body.spec.template.spec.containers[0]!.image;
    body.spec.template.spec.containers[0]!.image = image;
    await early.plane.api.demand('PUT', path, body);
    await requestReconcile(early, `${fleet}-release`);
    const live = await early.plane.api.demand<typeof body>('GET', path);
    expect(live.body.spec.template.spec.containers[0]!.image).toBe(right);
  });

  test('lets two fleets on one cluster be', async () => {
    const [one] = await Promise.all([begin('twin'), begin('twin-two')]);
    const other = await uids(early, 'twin-two');
    await one.edit((draft) => editServer(draft, { memory: '600Mi' }));
    await untilReady(early, 'twin', await one.push(early));
    await requestReconcile(early, 'twin-two');
    await requestReconcile(early, 'twin-two-release');
    expect(await uids(early, 'twin-two')).toEqual(other);
    expect((await uids(early, 'twin')).length).toBe(5);
  });
});
