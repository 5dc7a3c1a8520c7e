import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../harness/until.ts';
import { describeDevice, runFolder } from './device-test.ts';
import { neededMemory, workingSet } from './harness/device.ts';
import { NAME, startLimited, type Limited } from './harness/limited.ts';
import { pushDigits } from './harness/model-images.ts';
import { sizedModels, type SizedModel } from './harness/models.ts';
import { containerOf, untilPod } from './harness/pods.ts';
import { startWorld, type World } from './harness/world.ts';

const MIB = 2 ** 20;

/** How far what is needed may be below the estimate, in percent. */
const MOST_BELOW = 30;

const mib = (bytes: number): string => (bytes / MIB).toFixed(1);

describeDevice('limits', () => {
  let world: World;
  let limited: Limited;
  let models: readonly SizedModel[];

  beforeAll(async () => {
    world = await startWorld(runFolder, 'limited');
    const { file, lock } = await pushDigits(runFolder, world.registry);
    limited = await startLimited(world, await world.registry.putMade('breakwater/server', 'server-image'));
    models = [{ name: 'digits', file, interpreterBytes: lock.interpreterBytes }, ...(await sizedModels())];
  });
  afterAll(() => world?.stop());

  test('of five models: the working set under load is within the estimate, and not far below it', async () => {
    const off: string[] = [];
    for (const model of models) {
      const least = limited.leastFor(model);
      await limited.run(model, { memory: `${least}Mi` });
      const { pod, server } = await limited.untilReady(model.name);
      let most = 0;
      let needed = 0;
      const look = (): void => {
        most = Math.max(most, workingSet(limited.device, server));
        needed = Math.max(needed, neededMemory(limited.device, server));
      };
      await limited.load(pod, await limited.samples(model, 1), 80, look);
      const small = needed;
      await limited.flood(pod, 30, look);
      const estimate = limited.estimate(model);
      // The working set leaves out pages of the binary that are in use, but were not looked at lately: it may be well
      // below the estimate, what is needed may not.
      const below = 100 * (1 - needed / estimate);
      console.log(
        `${model.name} at ${least} MiB: ${mib(small)} MiB own and mapped with small bodies, ${mib(needed)} MiB with the largest, ` +
          `working set up to ${mib(most)} MiB; estimate ${mib(estimate)} MiB: ${below.toFixed(0)} % below it`,
      );
      const after = await untilPod(world.plane, NAME, model.name, 'to be there', (pod) =>
        containerOf(pod, 'server'),
      );
      const isWithin = most <= estimate && below <= MOST_BELOW && needed <= least * MIB;
      if (!isWithin || after.restartCount > 0) off.push(model.name);
      await limited.remove(model.name);
    }
    expect(off).toEqual([]);
  });

  test('refused by the rule is killed for its memory, the least that it accepts answers 1,000 requests', async () => {
    const { plane } = world;
    const wide = models.find(({ name }) => name === 'wide')!;
    const low = { ...wide, name: 'too-low' };
    const samples = await limited.samples(wide, 4);

    expect(limited.ruleSays(wide, '96Mi')).toMatchInlineSnapshot(
      `"memory 96Mi of workload inference on class mini-pc does not cover 294Mi: (184Mi of the server + 25Mi of files + 26Mi at peak) × 1.25"`,
    );
    await limited.run(low, { memory: '96Mi' });
    const killed = await untilPod(plane, NAME, low.name, 'to be killed', (pod) => {
      const server = containerOf(pod, 'server');
      const ended = server?.state.terminated ?? server?.lastState.terminated;
      return ended?.reason === 'OOMKilled' && ended;
    });
    expect(killed.exitCode).toBe(137);
    await limited.remove(low.name);

    const least = limited.leastFor(wide);
    const fits = { ...wide, name: 'least' };
    await limited.run(fits, { memory: `${least}Mi` });
    const { pod } = await limited.untilReady(fits.name);
    await limited.load(pod, samples, 1_000);
    const after = await untilPod(plane, NAME, fits.name, 'to be there', (pod) => containerOf(pod, 'server'));
    console.log(`killed at 96Mi; 1,000 requests at ${least}Mi, the least that the rule accepts`);
    expect(after.restartCount).toBe(0);
    await limited.remove(fits.name);
  });

  test('of processor time slow a server down, and do not end it', async () => {
    const digits = { ...models[0]!, name: 'slow' };
    await limited.run(digits, { cpu: '250m' });
    const { pod, server } = await limited.untilReady(digits.name);
    const used = (): number => Number(limited.device.cgroup(server, 'cpuacct', 'cpuacct.usage')) / 1e9;
    const [from, started] = [used(), Date.now()];
    await limited.load(pod, await limited.samples(digits, 4), 400);
    const share = (used() - from) / ((Date.now() - started) / 1000);
    const [, throttled] = /nr_throttled (\d+)/.exec(limited.device.cgroup(server, 'cpu', 'cpu.stat'))!;
    console.log(
      `400 requests at 250m: ${share.toFixed(2)} of a processor, held back in ${throttled} periods`,
    );
    expect(Number(throttled)).toBeGreaterThan(0);
    expect(share).toBeLessThan(0.3);
    await limited.remove(digits.name);
  });

  test('of storage end a pod that writes more', async () => {
    const { plane } = world;
    const digits = { ...models[0]!, name: 'writer' };
    await limited.run(digits, {});
    const { server } = await limited.untilReady(digits.name);
    const write = `require('node:fs').writeFileSync('/tmp/x', Buffer.alloc(${40 * MIB}, 1))`;
    await limited.device.exec(server, '/usr/local/bin/node', '-e', write);
    const started = Date.now();
    // Its server ends with 0 on SIGTERM, so the pod counts as succeeded: only the event says why.
    const message = await until('the pod to be evicted', async () => {
      const events = await plane.api.list('v1', 'Event', NAME);
      return events.find((event) => event['reason'] === 'Evicted')?.['message'] as string | undefined;
    });
    console.log(`evicted after ${(Date.now() - started) / 1000} s: ${message}`);
    expect(message).toMatchInlineSnapshot(`"Usage of EmptyDir volume "tmp" exceeds the limit "14Mi". "`);
    await limited.remove(digits.name);
  });
});
