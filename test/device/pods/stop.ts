import { expect, test } from 'vitest';
import type { Deployed } from '../harness/deployed.ts';
import {
  containerOf,
  isReady,
  type ContainerStatus,
  type Pod,
  type PodSpec,
  type PodStatus,
} from '../harness/pods.ts';
import { until } from '../../harness/until.ts';

/** What a pod's containers ended with, as the kubelet reports it last. */
export function testStop(get: () => Deployed): void {
  test('end in order and within their grace, and another one takes their place', async () => {
    const { world, serverPod } = get();
    const { api } = world.plane;
    const name = 'hello-edge-mini-pc';
    const pod = await serverPod(name);
    const grace = (pod.spec as { terminationGracePeriodSeconds?: number }).terminationGracePeriodSeconds!;
    const started = Date.now();
    await api.remove('v1', 'Pod', name, pod.metadata.name);
    const ended = new Map<string, ContainerStatus['state']['terminated']>();
    await until(
      'the pod to be gone',
      async () => {
        const live: Pod | undefined = await api.get<PodSpec, PodStatus>('v1', 'Pod', name, pod.metadata.name);
        for (const container of ['server', 'telemetry']) {
          const state = live && containerOf(live, container)?.state.terminated;
          if (state) ended.set(container, state);
        }
        return live === undefined;
      },
      { everyMs: 20 },
    );
    const seconds = (Date.now() - started) / 1000;
    console.log(`ended after ${seconds} s of ${grace}: ${JSON.stringify([...ended])}`);
    expect(seconds).toBeLessThan(grace);
    expect(ended.get('server')?.exitCode).toBe(0);
    expect(ended.get('telemetry')?.exitCode).toBe(0);
    expect(ended.get('server')!.finishedAt <= ended.get('telemetry')!.finishedAt).toBe(true);
    const next = await until('another pod', async () => {
      const found = await serverPod(name);
      return found && isReady(found) && found;
    });
    expect(next.metadata.uid).not.toBe(pod.metadata.uid);
    console.log(`another one ready ${(Date.now() - started) / 1000} s after the order`);
  });
}
