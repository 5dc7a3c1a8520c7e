// What the model of Flagger says becomes of each Canary, and what Flagger itself makes of it.

import { FLAGGER_START, isInRange, tick, type FlaggerAnalysis } from '../../src/gate/engines/flagger.ts';
import type { KubeObject } from '../../src/synth/manifests.ts';
import type { ControlPlane } from '../harness/control-plane.ts';
import type { FlaggerCase, Said } from './flagger-cases.ts';
import { initialize, tickOnce, type CanaryAt, type LiveState } from './harness/flagger-ticks.ts';

/** What is compared: the status after each tick that changed it, and how often the metric was asked. */
export interface Course {
  readonly states: readonly string[];
  readonly asked: number;
}

/** Ticks that change nothing after which a Canary counts as one that stands still. */
const STILL = 2;

const isOver = (state: string): boolean => /^(Succeeded|Failed) /.test(state);

export const textOf = ({ phase, iterations, weight, failedChecks }: LiveState): string =>
  `${phase} ${iterations} iterations, ${weight} %, ${failedChecks} failed`;

/** What the model says. */
export function expectedCourse({ analysis, provider, range, says }: FlaggerCase): Course {
  const fields: FlaggerAnalysis = { ...analysis, unrouted: provider === 'kubernetes' };
  let state = FLAGGER_START;
  const states = [textOf(state)];
  let asked = 0;
  let still = 0;
  while (!isOver(states.at(-1)!) && still < STILL) {
    state = tick(state, fields, () => {
      const said = says[asked] ?? says.at(-1)!;
      asked += 1;
      return isInRange(typeof said === 'number' ? said : undefined, range);
    });
    if (textOf(state) === states.at(-1)) still += 1;
    else states.push(textOf(state));
  }
  return { states, asked };
}

const labels = (name: string) => ({ app: name });

/** A Deployment, the Canary that watches it, what it asks, and for `nginx` the Ingress whose requests are shifted. */
function objectsOf({ name, provider, analysis, range }: FlaggerCase, metrics: string): readonly KubeObject[] {
  const { matches, ...fields } = analysis;
  const of = (apiVersion: string, kind: string, spec: unknown): KubeObject => ({
    apiVersion,
    kind,
    metadata: { name, namespace: 'default', labels: labels(name) },
    spec,
  });
  const backend = { service: { name, port: { number: 80 } } };
  const routed = of('networking.k8s.io/v1', 'Ingress', {
    rules: [{ host: `${name}.example.com`, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
  });
  const metric = {
    name: 'asked',
    interval: '1m',
    templateRef: { name },
    thresholdRange: range,
  };
  return [
    of('apps/v1', 'Deployment', {
      replicas: 1,
      selector: { matchLabels: labels(name) },
      template: {
        metadata: { labels: labels(name) },
        spec: { containers: [{ name: 'server', image: 'registry.example.com/server:1' }] },
      },
    }),
    ...(provider === 'nginx' ? [routed] : []),
    of('flagger.app/v1beta1', 'MetricTemplate', {
      provider: { type: 'prometheus', address: metrics },
      query: name,
    }),
    of('flagger.app/v1beta1', 'Canary', {
      provider,
      targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      ...(provider === 'nginx'
        ? { ingressRef: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name } }
        : {}),
      service: { port: 80 },
      analysis: {
        ...fields,
        ...(matches === true ? { match: [{ headers: { 'x-canary': { exact: 'always' } } }] } : {}),
        interval: '1000000s',
        metrics: [metric],
      },
    }),
  ];
}

/**
 * Let Flagger run one Canary, tick by tick.
 * @param url of the metric provider
 * @param askedBy how often it was asked for a case
 */
export async function realCourse(
  plane: ControlPlane,
  one: FlaggerCase,
  url: string,
  askedBy: (name: string) => number,
): Promise<Course> {
  const at: CanaryAt = { plane, namespace: 'default', name: one.name };
  for (const object of objectsOf(one, url)) await plane.api.apply(object);
  await initialize(at);
  const next = { spec: { template: { metadata: { annotations: { version: '2' } } } } };
  await plane.api.merge('apps/v1', 'Deployment', 'default', one.name, next);

  const states = [textOf(await tickOnce(at))];
  let still = 0;
  while (!isOver(states.at(-1)!) && still < STILL) {
    const asked = askedBy(one.name);
    // One that stands still asks all the same.
    const state = textOf(await tickOnce(at, () => askedBy(one.name) > asked));
    if (state === states.at(-1)) still += 1;
    else states.push(state);
  }
  return { states, asked: askedBy(one.name) };
}

export const saidAt = ({ says }: FlaggerCase, index: number): Said => says[index] ?? says.at(-1)!;
