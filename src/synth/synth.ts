import type { ConstructWorkload, FleetSpec, ModelServerSpec, WorkloadContext } from '../fleet/spec.ts';
import type { Version } from '../plan/plan.ts';
import { type ChartSubject, synthChart } from './chart.ts';
import { ConfigCollector, type WorkloadConfig } from './config.ts';
import { IDENTITY, workloadLabels } from './labels.ts';
import type { KubeObject, Release, Releases } from './manifests.ts';
import { ModelServer, priorityClass } from './model-server.ts';
import { makeRelease } from './release.ts';
import { targetOf } from './targets/index.ts';
import { addPullSecrets, labelPods, settleVersion, versionOf } from './version.ts';

/** What one workload comes to on one class. */
export interface SynthesizedWorkload {
  readonly name: string;
  readonly version: Version;
  readonly objects: readonly KubeObject[];
  readonly config: WorkloadConfig | undefined;
}

type Workload = ModelServerSpec | ConstructWorkload;

const isModelServer = (workload: Workload): workload is ModelServerSpec => typeof workload !== 'function';

function synthWorkload(spec: FleetSpec, className: string, name: string): SynthesizedWorkload {
  const workload = spec.workloads[name]!;
  const config = new ConfigCollector(name);
  const subject: ChartSubject = { fleet: spec.name, class: className, workload: name };
  const context: WorkloadContext = {
    ...subject,
    device: spec.classes[className]!,
    namespace: spec.name,
    identity: IDENTITY,
    configMap: (part, data) => config.add(part, data),
  };
  const made = synthChart(subject, spec.name, (chart) =>
    isModelServer(workload)
      ? new ModelServer(chart, 'server', { workload, context, fleet: spec })
      : workload(chart, context),
  );
  const objects = addPullSecrets(config.settle(made), spec.external?.imagePullSecrets ?? []);
  const version = versionOf(objects, config.data);
  return {
    name,
    version,
    objects: labelPods(isModelServer(workload) ? settleVersion(objects, version) : objects, version),
    config: config.config(spec.name, workloadLabels(spec.name, name)),
  };
}

/** The wanted release of one class. */
function synthClass(spec: FleetSpec, className: string): Release {
  const names = Object.keys(spec.workloads).toSorted();
  const workloads = names.map((name) => synthWorkload(spec, className, name));
  const shared = Object.values(spec.workloads).some(isModelServer) ? [priorityClass(spec.name)] : [];
  return makeRelease(className, targetOf(spec.delivery).frame(spec, className), workloads, shared);
}

/**
 * Make the manifests of each class of a fleet, in memory.
 *
 * Pure, as far as the fleet's own constructs are: no disk, no clock. Nothing in a release depends on the inventory,
 * on the rollout or on Breakwater's version: the same definition gives the same bytes.
 *
 * @throws UserError `FLEET_SYNTH` for a workload that throws or makes an object that cannot be written
 */
export function synthFleet(spec: FleetSpec): Releases {
  const names = Object.keys(spec.classes).toSorted();
  return Object.fromEntries(names.map((name) => [name, synthClass(spec, name)]));
}
