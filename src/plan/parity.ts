// What a fleet asks of its delivery, what each backend does about it by itself, and what is left.

import type { ArgoCdDelivery, ArgoCdStep, FleetSpec } from '../fleet/spec.ts';
import { CAPABILITIES, type Capabilities } from './capabilities.ts';
import type { Plan } from './plan.ts';
import { shardsOf } from './shards.ts';

/** One thing that is asked of the delivery: lower case, no full stops. */
export interface ParityRow {
  /** What is asked, with its numbers. */
  readonly asks: string;
  /** What Flux does about it by itself; empty: nothing. */
  readonly flux: string;
  /** What Argo CD does about it by itself; empty: nothing. */
  readonly argocd: string;
  /** What Breakwater supplies; empty: nothing, or nothing is missing. */
  readonly breakwater: string;
  /** What is lost with the fleet's own delivery; empty: nothing. */
  readonly lost: string;
  /**
   * Where the files of the two deliveries differ for it: paths below `generated/<fleet>/`, `*` for any part. Pointers
   * differ in the ids that follow from that.
   */
  readonly files: readonly string[];
}

type Cells = Partial<Omit<ParityRow, 'asks'>>;

const row = (asks: string, cells: Cells): ParityRow => ({
  asks,
  flux: '',
  argocd: '',
  breakwater: '',
  lost: '',
  files: [],
  ...cells,
});

/** A cell of what both can or cannot alike. */
const both = (what: keyof Capabilities, text: string): Pick<ParityRow, 'flux' | 'argocd'> => ({
  flux: CAPABILITIES.flux[what] ? text : '',
  argocd: CAPABILITIES.argocd[what] ? text : '',
});

const percent = (ratio: number): string => `${Number((ratio * 100).toPrecision(3))} %`;

/** Steps cost what they give: nobody goes on before everybody is well. */
function stepsRow(plan: Plan, delivery: ArgoCdDelivery, steps: readonly ArgoCdStep[]): ParityRow {
  const sets = Object.keys(plan.classes).flatMap((name) => shardsOf(plan, name, delivery.maxApplications));
  return row(`order clusters of one commit in ${steps.length} steps`, {
    ...both('orderClusters', 'RollingSync'),
    lost: [
      'a cluster that is off or unhealthy holds up all later steps, also of a rollback',
      'what is changed by hand stays until the next commit',
      ...(sets.length > 1 ? [`no order between the ${sets.length} ApplicationSets`] : []),
    ].join('; '),
  });
}

function* movementRows(plan: Plan): Generator<ParityRow> {
  const { waves, gate, delivery } = plan;
  const soaks = waves.filter(({ soak }) => soak !== '0s').map(({ name, soak }) => `${soak} (${name})`);
  yield row(`${waves.length} waves by share of the clusters`, {
    ...both('percentWaves', 'waves'),
    breakwater: 'slices, and pointers in Git',
  });
  if (soaks.length > 0)
    yield row(`soak: ${soaks.join(', ')}`, {
      ...both('soak', 'soak'),
      breakwater: 'promote, from the commit times of pointers',
    });
  yield row(gate.by === 'human' ? 'people decide on each wave' : 'a gate on errors and silence', {
    ...both('gateOnMetric', 'metrics'),
    breakwater:
      gate.by === 'human' ? 'promote, when somebody runs it' : 'gate, whose record promote asks for',
  });
  yield row('go back from a bad release', {
    ...both('revert', 'reverts'),
    breakwater: 'rollback: one commit',
    files: ['README.md', 'plan.json'],
  });
  yield row('run exactly one release', {
    ...both('pinDigest', 'by pointer'),
  });
  if (delivery.kind === 'argocd' && delivery.steps !== undefined)
    yield stepsRow(plan, delivery, delivery.steps);
}

/** What becomes of what a hub must reach, and does not. */
const offlineClusters = ({ mode = 'hub' }: ArgoCdDelivery): string =>
  mode === 'pull' ? 'each pulls' : 'tried again and again';

function* clusterRows(plan: Plan): Generator<ParityRow> {
  const { delivery } = plan;
  const offline = Math.max(...Object.values(plan.classes).map((one) => one.offline));
  yield row('follow a moved pointer', {
    flux: 'a child Kustomization',
    argocd: 'the second source of the Application',
    files: ['releases/*/frame/release.yaml', 'releases/*/frame/kustomization.yaml', 'argocd/*'],
  });
  yield row('tell pods which cluster they are in', {
    flux: 'substitution',
    argocd: 'a patch of the Application',
    breakwater: 'bootstrap',
    files: ['releases/*/frame/identity.yaml'],
  });
  yield row('never delete the namespace, nor what runs when delivery ends', {
    flux: 'prune: disabled, Orphan',
    argocd: 'Prune=false, no finalizer',
    files: ['releases/*/frame/namespace.yaml'],
  });
  yield row('clusters that are off catch up', {
    flux: 'each pulls',
    argocd: delivery.kind === 'argocd' ? offlineClusters(delivery) : 'tried again and again',
    lost:
      delivery.kind === 'argocd' && delivery.mode !== 'pull'
        ? 'the hub must reach every cluster, and none is updated while the hub is down'
        : '',
  });
  if (offline > 0)
    yield row(`healthy with up to ${percent(offline)} of devices off`, {
      ...both('shareHealth', 'health expressions'),
      lost:
        delivery.kind === 'argocd'
          ? 'one device that is off during an update keeps its cluster Progressing'
          : '',
    });
}

function* inClusterRows(spec: FleetSpec): Generator<ParityRow> {
  const kinds = new Set(
    Object.values(spec.workloads).flatMap((workload) =>
      typeof workload === 'function' ? [] : (workload.inCluster?.kind ?? []),
    ),
  );
  if (kinds.has('argo-rollouts'))
    yield row('a canary among the pods of one cluster', {
      breakwater: 'Rollout and AnalysisTemplates for Argo Rollouts',
    });
  if (kinds.has('flagger'))
    yield row('a canary among the pods of one cluster', {
      breakwater: 'Canary and MetricTemplates for Flagger',
      lost: 'Flagger knows no hold: what is not known counts as a failed check',
    });
}

/** The parity table of a fleet: what it asks, what each backend does, what Breakwater supplies, what is lost. */
export const parityOf = (spec: FleetSpec, plan: Plan): readonly ParityRow[] => [
  ...movementRows(plan),
  ...clusterRows(plan),
  ...inClusterRows(spec),
];
