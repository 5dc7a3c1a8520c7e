import type { FleetSpec, ModelServerSpec, PerClass } from '../fleet/spec.ts';

/** The model servers of a definition, by name; plain cdk8s workloads are not among them. */
export const modelServers = ({ workloads }: FleetSpec): (readonly [name: string, ModelServerSpec])[] =>
  Object.entries(workloads).flatMap(([name, workload]) =>
    typeof workload === 'function' ? [] : [[name, workload] as const],
  );

/** What a value for all classes or for each is for one class. */
export const forClass = <T>(value: PerClass<string, T> | undefined, name: string): T | undefined =>
  typeof value === 'object' && value !== null && 'byClass' in value ? value.byClass[name] : value;
