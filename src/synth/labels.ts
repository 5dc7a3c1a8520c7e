/** Labels of what belongs to one workload. They select its pods, so they are the same for life. */
export const workloadLabels = (fleet: string, workload: string): Readonly<Record<string, string>> => ({
  'app.kubernetes.io/name': workload,
  'app.kubernetes.io/part-of': fleet,
});

/** ConfigMap in the fleet's namespace that tells pods where they run: `cluster`, `class`, `slice` and `region`. */
export const IDENTITY = 'breakwater-identity';

/** Labels that all replicas of a workload have, also those of Flagger's copy, on which it writes another name. */
export const replicaLabels = (fleet: string, workload: string): Readonly<Record<string, string>> => ({
  'app.kubernetes.io/part-of': fleet,
  'breakwater.dev/workload': workload,
});
