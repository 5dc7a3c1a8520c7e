import type { Delivery, FleetSpec } from '../../fleet/spec.ts';
import type { Plan } from '../../plan/plan.ts';
import type { KubeObject } from '../manifests.ts';
import { argoCdTarget } from './argocd.ts';
import { fluxTarget } from './flux.ts';
import type { ClusterIdentity, Target } from './target.ts';

/** By `delivery.kind`: a new target is one file and one line. */
export const targets: { readonly [K in Delivery['kind']]: Target<Extract<Delivery, { readonly kind: K }>> } =
  {
    argocd: argoCdTarget,
    flux: fluxTarget,
  };

/** The target that a fleet asks for: asked about fleets of that delivery only. */
export const targetOf = (delivery: Delivery): Target => targets[delivery.kind] as Target;

/** What is applied once, so that a cluster follows the fleet from then on. */
export const bootstrapObjects = (spec: FleetSpec, identity: ClusterIdentity): readonly KubeObject[] =>
  targetOf(spec.delivery).bootstrap(spec, identity);

/** What has to be there before, and what else is to be done. */
export const bootstrapAdvice = (spec: FleetSpec, identity: ClusterIdentity): readonly string[] =>
  targetOf(spec.delivery).advice(spec, identity);

/** What a hub follows, by file name in the folder that is named by the target. */
export const hubObjects = (plan: Plan): Readonly<Record<string, KubeObject>> =>
  targetOf(plan.delivery).hub?.(plan) ?? {};
