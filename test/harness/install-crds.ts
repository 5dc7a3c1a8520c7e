import { readCrds, type Crd } from '../cluster/schemas/crds.ts';
import type { Api, Condition } from './api.ts';
import { until } from './until.ts';

/**
 * Define custom resources on a test server and wait until it serves them.
 * @param wanted which; default: all that `schemas/crds/` holds
 */
export async function installCrds(
  api: Api,
  wanted: (crd: Crd) => boolean = () => true,
  crds: readonly Crd[] = readCrds(),
): Promise<void> {
  const chosen = crds.filter(wanted);
  await Promise.all(chosen.map((crd) => api.apply(crd)));
  await until('custom resources to be served', async () => {
    const live = await api.list<unknown, { conditions?: readonly Condition[] }>(
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
    );
    const served = live.filter(({ status }) =>
      status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True'),
    );
    return served.length >= chosen.length;
  });
}

/** What a cluster with Flux has. */
export const isFlux = ({ spec }: Crd): boolean => spec.group.endsWith('.toolkit.fluxcd.io');

/** What may be asked to deliver a fleet, or to try a version within a cluster. */
export const isEngine = (crd: Crd): boolean =>
  isFlux(crd) || ['argoproj.io', 'flagger.app'].includes(crd.spec.group);
