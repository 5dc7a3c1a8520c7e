import { afterAll, beforeAll, expect, test } from 'vitest';
import { containerServer } from '../../src/index.ts';
import { isReady, missingConfigMaps, podsOf, readiness, untilReady, versionOf } from '../harness/flux.ts';
import { startSource, type Source } from '../harness/source.ts';
import { editServer, type Story } from '../harness/story.ts';
import { until } from '../harness/until.ts';
import { describeCluster, runFolder } from './cluster-test.ts';
import { beginRunning, fiveNodes, MAX_UNAVAILABLE, uids, versions } from './harness/five-devices.ts';
import { startFluxCluster, type KwokCluster } from './harness/flux-cluster.ts';

describeCluster.concurrent('Flux, with a release in waves', () => {
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
    console.log(`two clusters with everything: ready in ${Date.now() - started} ms`);
  });
  afterAll(() => Promise.all([source?.stop(), early?.stop(), late?.stop()]));

  /** A fleet whose first release runs on `early`, which is in the canary wave. */
  const begin = (fleet: string): Promise<Story> => beginRunning({ runFolder, source, cluster: early, fleet });

  test('brings a new release to canary clusters alone, whatever wave boundaries do, until it is promoted', async () => {
    const fleet = 'waves';
    const story = await begin(fleet);
    await story.bootstrap(late, story.clusterName('last'));
    await untilReady(late, fleet, await story.push(late));
    const before = { early: await uids(early, fleet), late: await uids(late, fleet) };
    const [first] = await versions(late, fleet);

    await story.edit((draft) => editServer(draft, { memory: '600Mi' }));
    const second = await story.push(early, late);
    console.log(`second release ready on the canary in ${await untilReady(early, fleet, second)} s`);
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
    console.log(`a release that does not fit: ${failed.reason} after ${seconds} s, of a timeout of 30 s`);

    const kept = (await podsOf(early, fleet)).filter((pod) => generation.includes(pod.metadata.uid));
    expect(kept.length).toBe(5 - MAX_UNAVAILABLE);
    expect(kept.every((pod) => isReady(pod) && versionOf(pod) === good)).toBe(true);
    expect(await missingConfigMaps(early, fleet)).toEqual([]);

    await story.repository.run('rollback', fleet, '--reason', 'it does not fit');
    const back = await untilReady(early, fleet, await story.push(early));
    console.log(`rollback after the failure: ready in ${back} s`);
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
    console.log(
      `rollback during a health check: ready in ${plain} s, with CancelHealthCheckOnNewRevision in ${cancelling} s`,
    );
    expect(cancelling).toBeLessThan(25);
    for (const cluster of [early, late]) {
      expect(await versions(cluster, fleet)).toEqual([good]);
      expect((await podsOf(cluster, fleet)).every(isReady)).toBe(true);
    }
  });
});
