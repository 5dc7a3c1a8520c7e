import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { until } from '../../harness/until.ts';
import { CLASSES, type ClassName, type Deployed } from '../harness/deployed.ts';
import { workingSet } from '../harness/device.ts';
import { containerOf, versionOf } from '../harness/pods.ts';
import { predict } from '../harness/predictions.ts';

/** What a server's own series carry beside who it is. */
const OF_SERVER = new Set(['__name__', 'model_name', 'status', 'le', 'API', 'entrypoint', 'runtime']);

type Series = Readonly<Record<string, string>>;

/** What the design promises: who, where and what. */
async function identityOf({ generated, serverPod }: Deployed, name: ClassName): Promise<Series> {
  const identity = generated(name).objects.find(
    ([, { kind, metadata }]) => kind === 'ConfigMap' && metadata.name === 'breakwater-identity',
  )![1]['data'] as Record<string, string>;
  return {
    cluster: identity['cluster']!,
    class: identity['class']!,
    slice: identity['slice']!,
    device: name,
    version: versionOf(await serverPod(name)),
  };
}

/** The real agent with the generated configuration writes to a real receiver, and loses nothing while that is away. */
export function testTelemetry(get: () => Deployed): void {
  test.concurrent.each(CLASSES)(
    'of $name report with exactly the labels that say who and what',
    async ({ name }) => {
      const { receiver } = get();
      const identity = await identityOf(get(), name);
      const matching = encodeURIComponent(`{device="${name}"}`);
      const series = await until(`series of ${name}`, async () => {
        const found = await receiver.ask<readonly Series[]>(`series?match[]=${matching}`);
        return found.some((one) => one['__name__'] === ':tensorflow:serving:request_count') && found;
      });
      for (const one of series) {
        const rest = Object.keys(one).filter((label) => !OF_SERVER.has(label));
        expect(Object.fromEntries(rest.map((label) => [label, one[label]]))).toEqual(identity);
      }
      const names = [...new Set(series.map((one) => one['__name__']!))].toSorted();
      console.log(`${name}: ${series.length} series: ${names.join(' ')}`);
      expect(names).toContain('up');
      const agent = containerOf(await get().serverPod(name), 'telemetry')!;
      const bytes = workingSet(get().device(name), agent);
      const limit = Number(get().device(name).cgroup(agent, 'memory', 'memory.limit_in_bytes'));
      console.log(
        `${name}: agent's working set ${(bytes / 2 ** 20).toFixed(1)} MiB of ${limit / 2 ** 20} MiB`,
      );
      expect(agent.restartCount).toBe(0);
      expect(bytes).toBeLessThan(limit);
    },
  );

  test('lose nothing while the receiver is away', async () => {
    const { receiver, device, samples, serverPod } = get();
    const name = 'older-k3s-mini-pc';
    const pod = await serverPod(name);
    const url = `http://${pod.status!.podIP}:8501/v1/models/digits`;
    const answered = async (): Promise<number> => {
      const { text } = await device(name).node.fetch(
        `http://${pod.status!.podIP}:8501/monitoring/prometheus/metrics`,
      );
      return Number(/^:tensorflow:serving:request_count\{.*status="OK".*\} (\d+)$/m.exec(text)![1]);
    };
    const before = await answered();
    await receiver.stop();
    const from = Date.now() / 1000;
    // Ten requests in each of two scrapes that nobody takes.
    for (const [index, sample] of samples.entries()) {
      if (index === samples.length / 2) await delay(10_000);
      await predict(device(name).node, url, sample);
    }
    await delay(6_000);
    await receiver.start();
    const back = Date.now() / 1000;
    const counted = encodeURIComponent(
      `:tensorflow:serving:request_count{device="${name}",status="OK"}[10m]`,
    );
    const values = await until('what happened meanwhile', async () => {
      const { result } = await receiver.ask<{ readonly result: readonly { values: [number, string][] }[] }>(
        `query?query=${counted}`,
      );
      const found = result[0]?.values ?? [];
      return found.length > 0 && found.at(-1)![0] > back && found;
    });
    const seconds = values.map(([second]) => second).filter((second) => second > from);
    const gaps = seconds.slice(1).map((second, index) => second - seconds[index]!);
    console.log(
      `away for ${(back - from).toFixed(0)} s: ${seconds.length} scrapes, longest gap ${Math.max(...gaps).toFixed(1)} s; ` +
        `caught up ${(Date.now() / 1000 - back).toFixed(0)} s after it was back`,
    );
    // Scrapes come every five seconds, some late on a busy machine. What is lost would be all of 17 seconds.
    expect(Math.max(...gaps)).toBeLessThan(15);
    const counts = values
      .filter(([second]) => second > from && second < back)
      .map(([, value]) => Number(value) - before);
    expect(counts.some((count) => count > 0 && count < samples.length)).toBe(true);
    expect(Number(values.at(-1)![1]) - before).toBe(samples.length);
    expect(await answered()).toBe(before + samples.length);
  });
}
