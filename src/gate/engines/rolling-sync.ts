// How an ApplicationSet with RollingSync goes through its steps, as Argo CD's progressive sync 3.6 does.

/** One step of `strategy.rollingSync`. */
export interface RollingSyncStep {
  readonly matchExpressions: readonly MatchExpression[];
  /** Applications of the step that update at once: a number, or a share such as `10%`. Absent: all; 0: none. */
  readonly maxUpdate?: number | string;
}

export interface MatchExpression {
  readonly key: string;
  /** `In` or `NotIn`; the CRD takes any text, and any other selects nothing. */
  readonly operator: string;
  readonly values: readonly string[];
}

/** What the ApplicationSet has to know of an Application. */
export interface SyncedApplication {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether what it runs is what Git says. */
  readonly synced: boolean;
  readonly healthy: boolean;
}

/** `Waiting` for its turn, `Pending`: told to sync, `Progressing` until it is Healthy and in sync. */
export type SyncStatus = 'Waiting' | 'Pending' | 'Progressing' | 'Healthy';

/** By Application. */
export type SyncState = Readonly<Record<string, SyncStatus>>;

/** Whether a step is for an Application: every expression holds. A label that is not there is `NotIn` anything. */
export const selects = (
  { matchExpressions }: RollingSyncStep,
  labels: SyncedApplication['labels'],
): boolean =>
  matchExpressions.every(({ key, operator, values }) => {
    const value = labels[key];
    if (value === undefined) return operator !== 'In';
    if (operator === 'In') return values.includes(value);
    return operator === 'NotIn' && !values.includes(value);
  });

/** Indices of the steps that are for an Application: one, if the steps are as they should be. */
export const stepsOf = (
  steps: readonly RollingSyncStep[],
  labels: SyncedApplication['labels'],
): readonly number[] => steps.flatMap((step, index) => (selects(step, labels) ? [index] : []));

/**
 * Applications of a step that may update at once.
 *
 * A share is rounded down, and is at least one Application unless it is `0%`. Text that is no share counts as one
 * Application.
 */
export function allowedUpdates(maxUpdate: number | string | undefined, applications: number): number {
  if (maxUpdate === undefined) return applications;
  if (typeof maxUpdate === 'number') return maxUpdate;
  const share = /^(\d+)%$/.exec(maxUpdate)?.[1];
  const count = share === undefined ? 0 : Math.floor((Number(share) * applications) / 100);
  return maxUpdate === '0%' ? 0 : Math.max(1, count);
}

/**
 * Look once at all Applications: what became of them, whose turn it is, and who is told to sync.
 *
 * A step is done when every Application in it is Healthy. One that is not holds up all steps after it, whatever is
 * wrong with it and however long: a cluster that is off, and a rollback, too.
 *
 * @param state what the last look left; Applications that it does not name are new
 * @param moved names of Applications for which Git says something new since the last look
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Progressive-Syncs/
 */
export function look(
  steps: readonly RollingSyncStep[],
  applications: readonly SyncedApplication[],
  state: SyncState,
  moved: ReadonlySet<string> = new Set(),
): SyncState {
  const seen = new Map(
    applications.map((app) => [app.name, observe(app, state[app.name], moved.has(app.name))] as const),
  );
  // The first step that selects an Application is the one it counts in.
  const stepOf = new Map(applications.map((app) => [app.name, stepsOf(steps, app.labels)[0]] as const));
  const updating = steps.map(() => 0);
  const total = steps.map(() => 0);
  for (const [name, status] of seen) {
    const step = stepOf.get(name) ?? 0;
    total[step] = (total[step] ?? 0) + 1;
    if (status === 'Pending' || status === 'Progressing') updating[step] = (updating[step] ?? 0) + 1;
  }
  const turn = inTurn(steps, applications, seen);
  for (const [name, status] of seen) {
    const step = stepOf.get(name) ?? 0;
    if (status !== 'Waiting' || !turn.has(name)) continue;
    if (updating[step]! >= allowedUpdates(steps[step]!.maxUpdate, total[step]!)) continue;
    seen.set(name, 'Pending');
    updating[step] = updating[step]! + 1;
  }
  return Object.fromEntries(seen);
}

/** What an Application's own status makes of what was known of it. A sync that was asked for has begun by now. */
function observe(
  { synced, healthy }: SyncedApplication,
  known: SyncStatus | undefined,
  moved: boolean,
): SyncStatus {
  const status = moved || known === undefined ? 'Waiting' : known;
  if (status === 'Healthy') return 'Healthy';
  if (status === 'Waiting') {
    if (!synced) return 'Waiting';
    return healthy ? 'Healthy' : 'Progressing';
  }
  if (status === 'Pending') return 'Progressing';
  return healthy && synced ? 'Healthy' : 'Progressing';
}

/** Names of the Applications in all steps up to the first that is not done. */
function inTurn(
  steps: readonly RollingSyncStep[],
  applications: readonly SyncedApplication[],
  state: ReadonlyMap<string, SyncStatus>,
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const step of steps) {
    const selected = applications.filter(({ labels }) => selects(step, labels)).map(({ name }) => name);
    for (const name of selected) names.add(name);
    if (!selected.every((name) => state.get(name) === 'Healthy')) break;
  }
  return names;
}
