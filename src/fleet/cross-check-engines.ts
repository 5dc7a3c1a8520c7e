// What does not agree in a definition about the engines that carry a rollout out.

import type { WrittenFleet } from './model-lock.ts';
import type { Problem } from './schema-problems.ts';
import type { ModelServerSpec } from './spec.ts';

const quote = (text: string): string => JSON.stringify(text);

/** What an Argo CD has no use for, and steps that do not reach every cluster once. */
export function* argoCdProblems({ delivery }: WrittenFleet): Generator<Problem> {
  if (delivery.kind !== 'argocd') return;
  const { source, mode = 'hub', steps } = delivery;
  if (source.secretRef !== undefined) {
    yield {
      path: '/delivery/source/secretRef',
      text: `is ${quote(source.secretRef)}, but Argo CD finds credentials by the source's URL: remove it`,
    };
  }
  if (steps === undefined) return;
  const path = '/delivery/steps';
  if (mode === 'pull')
    yield { path, text: 'order clusters, but with mode "pull" no hub knows them all: remove one' };
  for (const [index, { percent }] of steps.entries()) {
    const before = steps[index - 1]?.percent ?? 0;
    if (percent > before) continue;
    yield { path: `${path}/${index}/percent`, text: `is ${percent}, no more than ${before} before it` };
  }
  const last = steps.at(-1)!.percent;
  if (last !== 100)
    yield { path: `${path}/${steps.length - 1}/percent`, text: `is ${last}, but the last step ends at 100` };
}

/** Trying a version on some replicas asks for several, for requests that they share, and for numbers about them. */
export function* inClusterProblems(
  { inCluster, spread, telemetry }: ModelServerSpec,
  path: string,
  isHuman: boolean,
): Generator<Problem> {
  if (inCluster === undefined) return;
  const who = inCluster.kind === 'flagger' ? 'Flagger' : 'Argo Rollouts';
  const here = `${path}/inCluster`;
  const refusal =
    spread === undefined
      ? `has no meaning where every device has one server for its own requests: a DaemonSet has no replicas to shift; waves try a version on some clusters first. Give the workload spread, or remove ${inCluster.kind}`
      : spread.replicas < 2
        ? `has no meaning for 1 replica: ${who} would replace all of it or nothing. Raise spread.replicas to 2 or more, or remove ${inCluster.kind}`
        : telemetry === undefined
          ? `gives ${who} nothing to ask for: without telemetry nobody counts requests and errors. Give the workload telemetry, or remove ${inCluster.kind}`
          : isHuman && inCluster.thresholds === undefined
            ? 'lacks thresholds, which a gate that people decide has none of: add them'
            : undefined;
  if (refusal !== undefined) yield { path: here, text: refusal };
  const weights = inCluster.kind === 'argo-rollouts' ? (inCluster.weights ?? []) : [];
  for (const [index, weight] of weights.entries()) {
    const before = weights[index - 1] ?? 0;
    if (weight <= before || weight >= 100)
      yield {
        path: `${here}/weights/${index}`,
        text: `is ${weight}, expected more than ${before} and less than 100`,
      };
  }
}
