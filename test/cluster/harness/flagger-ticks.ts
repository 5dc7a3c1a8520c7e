// Ticks of Flagger's clock on demand: whose interval has changed starts anew, with a tick at once.

import { setTimeout as delay } from 'node:timers/promises';
import type { FlaggerState } from '../../../src/gate/engines/flagger.ts';
import type { ControlPlane } from '../../harness/control-plane.ts';
import { until } from '../../harness/until.ts';

const API = 'flagger.app/v1beta1';
/** So long that no tick comes by itself. */
const LONGEST_S = 1_000_000;
/** After so long without a change, a tick is asked for again. Flagger takes ten a second; nothing is asked twice meanwhile. */
const AGAIN_MS = 60_000;
/** After so long a tick has come to its end. */
const SETTLED_MS = 3000;

export interface CanaryAt {
  readonly plane: ControlPlane;
  readonly namespace: string;
  readonly name: string;
}

/** A phase that the model does not have comes before the new version: `Initializing`, `Initialized`. */
export type LiveState = Omit<FlaggerState, 'phase'> & { readonly phase: string };

interface CanaryStatus {
  readonly phase?: string;
  readonly iterations?: number;
  readonly canaryWeight?: number;
  readonly failedChecks?: number;
}

interface DeploymentStatus {
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly availableReplicas?: number;
}

/** What the status of a Canary says; all 0 before it says anything. */
export async function stateOf({ plane, namespace, name }: CanaryAt): Promise<LiveState> {
  const live = await plane.api.get<unknown, CanaryStatus>(API, 'Canary', namespace, name);
  const { phase = '', iterations = 0, canaryWeight = 0, failedChecks = 0 } = live?.status ?? {};
  return { phase, iterations, weight: canaryWeight, failedChecks };
}

/** Whether a Deployment has what it wants: Flagger passes a tick over until both of a Canary's have. */
async function hasPods({ plane, namespace }: CanaryAt, name: string): Promise<boolean> {
  const live = await plane.api.get<{ replicas?: number }, DeploymentStatus>(
    'apps/v1',
    'Deployment',
    namespace,
    name,
  );
  if (live === undefined) return true;
  const { observedGeneration, replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = live.status ?? {};
  const wanted = live.spec.replicas ?? 1;
  return (
    observedGeneration === live.metadata.generation &&
    [replicas, updatedReplicas, availableReplicas].every((count) => count === wanted)
  );
}

/** Whether what a Canary watches and its copy have their pods. */
const hasAllPods = async (at: CanaryAt): Promise<boolean> =>
  (await Promise.all([at.name, `${at.name}-primary`].map((name) => hasPods(at, name)))).every(Boolean);

let intervals = LONGEST_S;

/** Let Flagger look at a Canary now. */
async function nudge({ plane, namespace, name }: CanaryAt): Promise<void> {
  intervals += 1;
  await plane.api.merge(API, 'Canary', namespace, name, {
    spec: { analysis: { interval: `${intervals}s` } },
  });
}

/**
 * One tick, once the pods are ready.
 * @param hasAsked tells of a tick that changes nothing that it came
 * @returns the state after it
 */
export async function tickOnce(at: CanaryAt, hasAsked: () => boolean = () => false): Promise<LiveState> {
  const before = JSON.stringify(await stateOf(at));
  await until(`the pods of ${at.name}`, () => hasAllPods(at));
  let nudged = 0;
  let asked = 0;
  return until(`a tick of ${at.name} at ${before}`, async () => {
    if (Date.now() - nudged > AGAIN_MS) {
      await nudge(at);
      nudged = Date.now();
    }
    const state = await stateOf(at);
    if (JSON.stringify(state) !== before) return state;
    if (asked === 0 && hasAsked()) asked = Date.now();
    return asked > 0 && Date.now() - asked > SETTLED_MS && state;
  });
}

/** Bring up the copy that answers requests. Flagger makes it on the tick that comes with the Canary. */
export async function initialize(at: CanaryAt): Promise<void> {
  await until(`the primary of ${at.name}`, async () => {
    const { phase } = await stateOf(at);
    const primary = await at.plane.api.get('apps/v1', 'Deployment', at.namespace, `${at.name}-primary`);
    return phase === 'Initializing' && primary !== undefined;
  });
  const { phase } = await tickOnce(at);
  if (phase !== 'Initialized') throw new Error(`${at.name} is ${phase}, not Initialized`);
  // The same tick goes on to look for a new version.
  await delay(SETTLED_MS);
}
