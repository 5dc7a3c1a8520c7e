import type { FleetSpec } from '../../fleet/spec.ts';
import type { Delivery } from '../../plan/capabilities.ts';
import type { KubeObject } from '../manifests.ts';
import { fluxTarget } from './flux.ts';
import type { ClusterIdentity, Target } from './target.ts';

/** By `delivery.kind`: a new target is one file and one line. */
export const targets: Readonly<Record<Delivery['kind'], Target>> = { flux: fluxTarget };

/** The target that a fleet asks for. */
export const targetOf = (delivery: Delivery): Target => targets[delivery.kind];

/** What is applied once to a cluster, so that it follows the fleet from then on. */
export const bootstrapObjects = (spec: FleetSpec, identity: ClusterIdentity): readonly KubeObject[] =>
  targetOf(spec.delivery).bootstrap(spec, identity);
