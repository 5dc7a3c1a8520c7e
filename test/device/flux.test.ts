import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Condition } from '../harness/api.ts';
import { readiness, untilReady } from '../harness/flux.ts';
import { until } from '../harness/until.ts';
import { describeDevice, runFolder } from './device-test.ts';
import type { Device } from './harness/device.ts';
import {
  clusterOfSecondWave,
  FLEET,
  runModel,
  startFleetOnDevices,
  type FleetOnDevices,
} from './harness/fleet-on-devices.ts';
import { containerOf, podsIn, versionOf, type Pod } from './harness/pods.ts';
import { samplesFor } from './harness/predictions.ts';
import { outage, watchDevices, type Watch } from './harness/watch.ts';

const NAMES = ['device-1', 'device-2', 'device-3'] as const;

/** Of three devices: ceil(1 % of 3) + 1. */
const MAX_UNAVAILABLE = 2;

/** Seconds within which a device serves again once its cluster has heard of a rollback, or it has booted. */
const DECLARED_BACK_S = 60;

const ANYWAY = ['--early', 'a test does not wait', '--override', 'a test has no evidence'];

const seconds = (sinceMs: number): number => (Date.now() - sinceMs) / 1000;

const log = (line: string): void => console.log(line);

describeDevice('a fleet on real devices', () => {
  let fleet: FleetOnDevices;
  let watch: Watch;
  let versions: readonly string[] = [];

  beforeAll(async () => {
    const started = Date.now();
    fleet = await startFleetOnDevices(runFolder, NAMES);
    const questions = await Promise.all(
      fleet.models.map(async ({ file }) => (await samplesFor(file, 1))[0]!),
    );
    watch = watchDevices(fleet.world, fleet.devices, FLEET, questions);
    log(`control plane, Flux and ${NAMES.length} devices: ${Date.now() - started} ms`);
  });
  afterAll(async () => {
    await watch?.stop();
    await fleet?.stop();
  });

  const device = (name: (typeof NAMES)[number]): Device => fleet.devices.find((one) => one.name === name)!;

  /** Wait until devices serve a model. Returns seconds since a moment. */
  async function untilServing(model: number, names: readonly string[], sinceMs: number): Promise<number> {
    await until(`${names.join(', ')} to serve model ${model}`, () =>
      names.every((name) => watch.now(name).model === model),
    );
    return seconds(sinceMs);
  }

  const podOn = ({ name }: Device): Promise<Pod> =>
    until(`a pod on ${name}`, async () =>
      (await podsIn(fleet.world.plane, FLEET)).find(({ spec }) => spec.nodeName === name),
    );

  async function nodeIsReady({ name }: Device): Promise<boolean> {
    const node = await fleet.world.plane.api.get<unknown, { readonly conditions: readonly Condition[] }>(
      'v1',
      'Node',
      undefined,
      name,
    );
    return node!.status!.conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  }

  const edit = (model: string): Promise<void> => fleet.story.edit(runModel(model));
  const promote = (): Promise<string> => fleet.story.repository.run('promote', FLEET, ...ANYWAY);

  test('comes up from what bootstrap prints', async () => {
    await edit(fleet.models[0].image);
    const { rollout } = JSON.parse(fleet.story.repository.read(`fleets/${FLEET}.json`)) as Parameters<
      typeof clusterOfSecondWave
    >[0];
    await fleet.story.bootstrap(fleet.world, clusterOfSecondWave({ rollout }));
    const started = Date.now();
    const ready = await untilReady(fleet.world, FLEET, await fleet.story.push(fleet.world));
    const serving = await untilServing(0, NAMES, started);
    versions = [watch.now('device-1').version!];
    expect((await podsIn(fleet.world.plane, FLEET)).map(versionOf)).toEqual(NAMES.map(() => versions[0]));
    log(`first release: every device serves after ${serving} s, Ready after ${ready} s`);
  });

  test('serves again from the same pod after a device rebooted', async () => {
    const one = device('device-2');
    const before = await podOn(one);
    const started = Date.now();
    await one.unplug();
    await until('the device to be silent', () => watch.now(one.name).model === undefined);
    await one.boot();
    const booted = seconds(started);
    const serving = await untilServing(0, [one.name], started);
    log(`rebooted within the grace: booted after ${booted} s, serves after ${serving} s`);
    expect((await podOn(one)).metadata.uid).toBe(before.metadata.uid);
  });

  test('takes a new model when it is promoted, and not before', async () => {
    await edit(fleet.models[1].image);
    await untilReady(fleet.world, FLEET, await fleet.story.push(fleet.world));
    const before = (await podsIn(fleet.world.plane, FLEET)).map(versionOf);
    expect(new Set(before)).toEqual(new Set(versions));

    await promote();
    const started = Date.now();
    const ready = await untilReady(fleet.world, FLEET, await fleet.story.push(fleet.world));
    await untilServing(1, NAMES, started);
    versions = [...versions, watch.now('device-1').version!];
    const without = NAMES.map((name) => outage(watch.since(name, started)));
    log(`promotion: Ready after ${ready} s; seconds without an answer: ${without.join(', ')}`);
    await promote();
  });

  test('keeps a model that does not load on as many devices as may be unavailable', async () => {
    await edit(fleet.broken);
    await promote();
    const started = Date.now();
    await fleet.story.push(fleet.world);
    const failed = await until('Flux to say so', async () => {
      const ready = await readiness(fleet.world, `${FLEET}-release`);
      return ready?.status === 'False' && ready;
    });
    log(`bad release: ${failed.reason} after ${seconds(started)} s`);
    expect(failed.reason).toBe('HealthCheckFailed');
    const bad = (await podsIn(fleet.world.plane, FLEET)).filter((pod) => !versions.includes(versionOf(pod)));
    expect(bad.length).toBe(MAX_UNAVAILABLE);
    for (const pod of bad) {
      const server = containerOf(pod, 'server')!;
      expect(server.ready).toBe(false);
      expect((server.lastState.terminated ?? server.state.terminated)?.exitCode).toBe(2);
    }
    const serving = NAMES.filter((name) => watch.now(name).model === 1);
    expect(serving.length).toBe(NAMES.length - MAX_UNAVAILABLE);
    const kept = serving[0]!;
    expect(outage(watch.since(kept, started))).toBe(0);
    log(`still serving: ${kept}`);
  });

  test('lets the bad release reach a device that reboots meanwhile, since its old pod is unavailable for a moment', async () => {
    const kept = device(NAMES.find((name) => watch.now(name).model === 1)!);
    const started = Date.now();
    await kept.unplug();
    await kept.boot();
    await until('the old pod to be replaced', async () => !versions.includes(versionOf(await podOn(kept))));
    log(`not updated, rebooted within the grace: replaced by the bad release after ${seconds(started)} s`);
    expect(NAMES.map((name) => watch.now(name).model)).toEqual([undefined, undefined, undefined]);
  });

  test('comes back by a rollback, also a device that is off for longer than the grace', async () => {
    const [off, ...others] = fleet.devices;
    await off!.unplug();
    const started = Date.now();
    await fleet.story.repository.run('rollback', FLEET, '--reason', 'the model does not load');
    const revision = await fleet.story.push(fleet.world);
    const serving = await untilServing(
      1,
      others.map(({ name }) => name),
      started,
    );
    expect(serving).toBeLessThan(DECLARED_BACK_S);
    await until('the device to count as dead', async () => !(await nodeIsReady(off!)), { timeoutMs: 60_000 });
    const dead = seconds(started);
    // A dead device holds nothing up.
    await untilReady(fleet.world, FLEET, revision);
    const ready = seconds(started);
    const boot = Date.now();
    await off!.boot();
    const back = await untilServing(1, [off!.name], boot);
    expect(back).toBeLessThan(DECLARED_BACK_S);
    log(
      `rollback: ${others.length} devices serve after ${serving} s; one that was off counts as dead after ${dead} s, ` +
        `Ready after ${ready} s; it serves ${back} s after it was plugged in`,
    );
    expect((await podsIn(fleet.world.plane, FLEET)).map(versionOf)).toEqual(NAMES.map(() => versions[1]));
    expect(watch.odd).toEqual([]);
  });
});
