import type { ArgoCdDelivery, ArgoCdStep } from '../../fleet/spec.ts';
import type { Plan, SliceName } from '../../plan/plan.ts';
import { shardsOf } from '../../plan/shards.ts';
import { cutOf, SLICES } from '../../plan/slices.ts';
import type { KubeObject } from '../manifests.ts';
import { applicationSpec, argoNamespace, labelKey } from './argocd-application.ts';
import { partOf } from './frame.ts';

/** Label of an Application that steps match: the cluster's slice. */
export const SLICE_LABEL = 'breakwater.dev/slice';
const CLASS_LABEL = 'breakwater.dev/class';

type ArgoPlan = Plan & { readonly delivery: ArgoCdDelivery };

/** Steps as Argo CD has them: each cluster's slice is in one of them and in no other. */
function rollingSync(
  steps: readonly ArgoCdStep[],
  slices: readonly SliceName[],
): Readonly<Record<string, unknown>> {
  let from = 0;
  const cut = steps.flatMap(({ percent, maxUpdate }) => {
    const to = cutOf(percent);
    const values = SLICES.filter((slice) => slice.to > from && slice.to <= to).map(({ name }) => name);
    from = to;
    const here = values.filter((name) => slices.includes(name));
    // Argo CD calls a step without Applications a mistake.
    if (here.length === 0) return [];
    return [
      {
        matchExpressions: [{ key: SLICE_LABEL, operator: 'In', values: here }],
        ...(maxUpdate === undefined ? {} : { maxUpdate }),
      },
    ];
  });
  return { type: 'RollingSync', rollingSync: { steps: cut } };
}

const secretLabel = (fleet: string, what: 'class' | 'slice'): string =>
  `{{ index .metadata.labels \`${labelKey(fleet, what)}\` }}`;

/**
 * A region is no label's value: it may have spaces. A cluster that says none has an empty one. In backquotes, since
 * the patch is JSON.
 */
const region = (fleet: string): string =>
  `{{ if hasKey .metadata \`annotations\` }}{{ index .metadata.annotations \`${labelKey(fleet, 'region')}\` }}{{ end }}`;

function applicationSet(
  plan: ArgoPlan,
  className: string,
  slices: readonly SliceName[],
  name: string,
): KubeObject {
  const { fleet, delivery } = plan;
  const slice = secretLabel(fleet, 'slice');
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata: { name, namespace: argoNamespace(delivery), labels: partOf(fleet) },
    spec: {
      goTemplate: true,
      goTemplateOptions: ['missingkey=error'],
      generators: [
        {
          clusters: {
            selector: {
              matchLabels: { [labelKey(fleet, 'class')]: className },
              matchExpressions: [{ key: labelKey(fleet, 'slice'), operator: 'In', values: slices }],
            },
          },
        },
      ],
      ...(delivery.steps === undefined ? {} : { strategy: rollingSync(delivery.steps, slices) }),
      // A cluster that loses its labels, or moves to another set, keeps what it runs.
      syncPolicy: { preserveResourcesOnDeletion: true },
      template: {
        metadata: {
          // A dot: fleets have none, so that no two of them give two clusters one name.
          name: `${fleet}.{{ .nameNormalized }}`,
          namespace: argoNamespace(delivery),
          labels: { ...partOf(fleet), [CLASS_LABEL]: className, [SLICE_LABEL]: slice },
        },
        spec: applicationSpec(fleet, delivery, {
          cluster: '{{ .name }}',
          class: className,
          slice,
          region: region(fleet),
          server: '{{ .server }}',
        }),
      },
    },
  };
}

/**
 * The ApplicationSets of a hub, by file name: one for each class, cut into several where it has more clusters than one
 * takes. They name slices, never clusters, so that they grow with classes alone.
 */
export function applicationSets(plan: ArgoPlan): Readonly<Record<string, KubeObject>> {
  const { delivery, fleet } = plan;
  if (delivery.mode === 'pull') return {};
  const sets = Object.keys(plan.classes).flatMap((className) => {
    const shards = shardsOf(plan, className, delivery.maxApplications);
    return shards.map((slices) => {
      const suffix = shards.length === 1 ? '' : `-${slices.at(-1)!}`;
      const name = `${fleet}.${className}${suffix}`;
      return [
        `applicationset-${className}${suffix}.yaml`,
        applicationSet(plan, className, slices, name),
      ] as const;
    });
  });
  return Object.fromEntries(sets);
}
