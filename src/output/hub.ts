import type { Plan } from '../plan/plan.ts';
import { hubObjects } from '../synth/targets/index.ts';
import { toYaml } from '../synth/yaml.ts';

/** What a hub that delivers the fleet follows: file name → text. Empty where clusters pull for themselves. */
export function hubFiles(plan: Plan): ReadonlyMap<string, string> {
  const objects = Object.entries(hubObjects(plan)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (objects.length === 0) return new Map();
  const index = toYaml({
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: objects.map(([name]) => name),
  });
  return new Map([
    ['kustomization.yaml', index],
    ...objects.map(([name, object]) => [name, toYaml(object)] as const),
  ]);
}
