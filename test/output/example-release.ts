import type { SynthRequest, Synthesized } from '../../src/output/synth.ts';
import type { Release } from '../../src/synth/manifests.ts';
import { releaseId } from '../../src/synth/release-id.ts';
import { examplePlan } from '../example-plan.ts';

const kustomization = (...resources: readonly string[]): string =>
  `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n${resources.map((name) => `  - ${name}\n`).join('')}`;

/** A release with one workload, whose content is decided by a number. */
export function release(number: number, className = 'n100'): Release {
  const hex = number.toString(16).padStart(12, '0');
  const config = `app-c${hex}`;
  const versions = { app: `v${hex}` };
  const files = new Map([
    ['config/kustomization.yaml', kustomization(config)],
    [
      `config/${config}/configmap-settings.yaml`,
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app-settings-c${hex}\nimmutable: true\n`,
    ],
    [`config/${config}/kustomization.yaml`, kustomization('configmap-settings.yaml')],
    ['frame/kustomization.yaml', kustomization('namespace.yaml')],
    ['frame/namespace.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: example\n'],
    [
      'objects/daemonset-app.yaml',
      `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: app, namespace: example }
spec:
  template:
    metadata: { labels: { breakwater.dev/version: ${versions.app} } }
    spec:
      containers: [{ name: app, image: "registry.example.com/app:${number}" }]
      volumes: [{ name: settings, configMap: { name: app-settings-c${hex} } }]
`,
    ],
    ['objects/kustomization.yaml', kustomization('daemonset-app.yaml')],
    ['release.json', `${JSON.stringify({ versions }, null, 2)}\n`],
  ]);
  return { class: className, id: releaseId(files), versions, files, configs: [config], objects: [] };
}

export interface Made {
  readonly fleet?: string;
  readonly renamedFrom?: Readonly<Record<string, string>>;
}

/** What a definition makes whose classes are these, each with the release of a number. */
export function made(
  numbers: Readonly<Record<string, number>>,
  { fleet = 'example', renamedFrom = {} }: Made = {},
): Synthesized {
  const releases = Object.fromEntries(
    Object.entries(numbers).map(([name, number]): [string, Release] => [name, release(number, name)]),
  );
  const wanted = Object.fromEntries(
    Object.entries(releases).map(([name, { id, versions }]) => [name, { release: id, versions }] as const),
  );
  const { schemaVersion: _, wanted: __, ...plan } = examplePlan(wanted, { renamedFrom });
  return { plan: { ...plan, fleet }, releases };
}

export const request = (
  fs: SynthRequest['fs'] & object,
  ...fleets: readonly Synthesized[]
): SynthRequest => ({ fs, root: '/repository', fleets, breakwater: '0.1.0' });
