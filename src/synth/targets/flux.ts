import type { FluxDelivery } from '../../fleet/spec.ts';
import { offlineOf } from '../../plan/availability.ts';
import { CAPABILITIES } from '../../plan/capabilities.ts';
import type { KubeObject } from '../manifests.ts';
import { healthChecks } from './flux-health.ts';
import { identityObject, namespaceObject, partOf } from './frame.ts';
import type { Delivered, Target } from './target.ts';

const NAMESPACE = 'flux-system';
const DEFAULTS = { timeout: '5m', retryInterval: '2m', tag: 'latest' } as const;
const KUSTOMIZATION = { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization' } as const;

/** Everything but what clusters read stays out of the artifact, so that nothing else changes it. */
const ONLY_GENERATED = '/*\n!/generated\n';

const sourceRef = (fleet: string, { source }: FluxDelivery) => ({
  kind: source.kind === 'git' ? 'GitRepository' : 'OCIRepository',
  name: fleet,
});

/** What both Kustomizations of a fleet do alike: never delete what runs when they go themselves. */
const common = (fleet: string, delivery: FluxDelivery) => ({
  interval: delivery.interval,
  // Short, so that a fix never waits long behind a release that does not come up.
  retryInterval: delivery.retryInterval ?? DEFAULTS.retryInterval,
  timeout: delivery.timeout ?? DEFAULTS.timeout,
  prune: true,
  deletionPolicy: 'Orphan',
  sourceRef: sourceRef(fleet, delivery),
});

/** A variable that stays a string whatever it holds. */
const quoted = (variable: string): string => `\${quote}\${${variable}}\${quote}`;

/**
 * The frame of a release: what a cluster needs around its objects. The only place with `${…}`, which the cluster's own
 * Kustomization fills from its identity; `quote` is `"`, so that a cluster named 0042 stays a string.
 *
 * That reconciles a cluster; it does not soak a wave.
 */
function frame(spec: Delivered<FluxDelivery>, className: string): Readonly<Record<string, KubeObject>> {
  const device = spec.classes[className]!;
  return {
    'namespace.yaml': namespaceObject(spec, className, {
      // Whatever goes wrong with a commit, everything in it must not go with it.
      'kustomize.toolkit.fluxcd.io/prune': 'disabled',
    }),
    'identity.yaml': {
      ...identityObject(spec.name),
      data: {
        cluster: quoted('cluster'),
        class: quoted('class'),
        slice: quoted('slice'),
        region: quoted('region'),
      },
    },
    'release.yaml': {
      ...KUSTOMIZATION,
      metadata: { name: `${spec.name}-release`, namespace: NAMESPACE, labels: partOf(spec.name) },
      spec: {
        ...common(spec.name, spec.delivery),
        path: `./generated/${spec.name}/slices/\${slice}/\${class}/release`,
        wait: true,
        healthCheckExprs: healthChecks(spec, offlineOf(device)),
      },
    },
  };
}

function sourceObject({ name, delivery: { source, interval } }: Delivered<FluxDelivery>): KubeObject {
  const shared = {
    interval,
    timeout: '60s',
    ignore: ONLY_GENERATED,
    ...(source.secretRef === undefined ? {} : { secretRef: { name: source.secretRef } }),
  };
  const metadata = { name, namespace: NAMESPACE, labels: partOf(name) };
  const apiVersion = 'source.toolkit.fluxcd.io/v1';
  return source.kind === 'git'
    ? {
        apiVersion,
        kind: 'GitRepository',
        metadata,
        spec: { url: source.url, ref: { branch: source.branch }, ...shared },
      }
    : {
        apiVersion,
        kind: 'OCIRepository',
        metadata,
        spec: { url: source.url, ref: { tag: source.tag ?? DEFAULTS.tag }, ...shared },
      };
}

/** Delivery by Flux's source-controller and kustomize-controller 1.9 or later. */
export const fluxTarget: Target<FluxDelivery> = {
  capabilities: CAPABILITIES.flux,
  frame,
  advice: () => [
    'apply it once, with Flux installed; kustomize-controller with --feature-gates=CancelHealthCheckOnNewRevision=true does not let a rollback wait for a health check that is under way',
  ],
  bootstrap(spec, { cluster, class: className, region, slice }) {
    const { name } = spec;
    const identity = `breakwater-${name}`;
    return [
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: identity,
          namespace: NAMESPACE,
          // An edit is followed at once, without a commit.
          labels: { ...partOf(name), 'reconcile.fluxcd.io/watch': 'Enabled' },
        },
        data: { cluster, class: className, region, slice },
      },
      sourceObject(spec),
      {
        ...KUSTOMIZATION,
        metadata: { name, namespace: NAMESPACE, labels: partOf(name) },
        spec: {
          ...common(name, spec.delivery),
          path: `./generated/${name}/slices/${slice}/${className}`,
          postBuild: {
            substitute: { quote: '"' },
            substituteFrom: [{ kind: 'ConfigMap', name: identity }],
            // Else an emptied ConfigMap lets a literal ${cluster} through, and Flux calls that Ready.
            substituteStrategy: 'Always',
          },
        },
      },
    ];
  },
};
