// What each device serves from one moment to the next, asked as a client beside it would ask.

import { setTimeout as delay } from 'node:timers/promises';
import type { Device } from './device.ts';
import { podsIn, versionOf } from './pods.ts';
import { predict, type Sample } from './predictions.ts';
import type { World } from './world.ts';

export interface Change {
  readonly atMs: number;
  /** The model that answers, by its place in the list; `undefined`: none. */
  readonly model: number | undefined;
  /** Version of the pod that answers. */
  readonly version: string | undefined;
}

export interface Watch {
  /** What a device serves now. */
  now(device: string): Change;
  /** Answers that no model gives. */
  readonly odd: readonly string[];
  /** Every change since a moment. */
  since(device: string, atMs: number): readonly Change[];
  stop(): Promise<void>;
}

const EVERY_MS = 150;

/**
 * Ask every device again and again.
 * @param questions the same question, with the answer of each model that may answer
 */
export function watchDevices(
  world: World,
  devices: readonly Device[],
  namespace: string,
  questions: readonly Sample[],
): Watch {
  const changes = new Map<string, Change[]>(
    devices.map(({ name }) => [name, [{ atMs: Date.now(), model: undefined, version: undefined }]]),
  );
  const odd: string[] = [];
  const ending = new AbortController();

  async function ask(device: Device): Promise<Omit<Change, 'atMs'>> {
    const nothing = { model: undefined, version: undefined };
    try {
      const pods = await podsIn(world.plane, namespace);
      const pod = pods.find(({ spec, status }) => spec.nodeName === device.name && status?.podIP);
      if (pod === undefined) return nothing;
      const url = `http://${pod.status!.podIP}:8501/v1/models/digits`;
      const answer = await within(2_000, predict(device.node, url, questions[0]!));
      const model = questions.findIndex(({ expected }) =>
        Buffer.from(answer.buffer).equals(Buffer.from(expected.buffer)),
      );
      if (model < 0) odd.push(`${device.name}: ${answer.join(' ')}`);
      return { model, version: versionOf(pod) };
    } catch {
      return nothing;
    }
  }

  async function watch(device: Device): Promise<void> {
    const seen = changes.get(device.name)!;
    while (!ending.signal.aborted) {
      const found = await ask(device);
      const last = seen.at(-1)!;
      if (found.model !== last.model || found.version !== last.version)
        seen.push({ atMs: Date.now(), ...found });
      await delay(EVERY_MS);
    }
  }

  const watching = Promise.all(devices.map(watch));
  return {
    odd,
    now: (device) => changes.get(device)!.at(-1)!,
    since: (device, atMs) => changes.get(device)!.filter((change) => change.atMs >= atMs),
    async stop() {
      ending.abort();
      await watching;
    },
  };
}

const within = <T>(ms: number, work: Promise<T>): Promise<T> =>
  Promise.race([
    work,
    delay(ms, undefined, { ref: false }).then(() => {
      throw new Error(`no answer within ${ms} ms`);
    }),
  ]);

/** Seconds without an answer among changes, and whether it answers again at the end. */
export function outage(changes: readonly Change[], untilMs = Date.now()): number {
  let sum = 0;
  for (const [index, { atMs, model }] of changes.entries())
    if (model === undefined) sum += (changes[index + 1]?.atMs ?? untilMs) - atMs;
  return sum / 1000;
}
