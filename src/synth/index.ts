// What `breakwater/synth` offers: the manifests of a fleet, in memory.

export { synthFleet } from './synth.ts';
export { bootstrapAdvice, bootstrapObjects, hubObjects, targets } from './targets/index.ts';
export { releaseId } from './release-id.ts';
export { toYaml } from './yaml.ts';
export { telemetryLogBytes } from './telemetry-storage.ts';
export { ModelServer, type ModelServerProps } from './model-server.ts';
export type { Capabilities } from '../plan/capabilities.ts';
export type { ClusterIdentity, Target } from './targets/target.ts';
export type { KubeObject, PlacedObject, Release, Releases } from './manifests.ts';
