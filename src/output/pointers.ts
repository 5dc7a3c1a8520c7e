import type { Pointer } from '../plan/state.ts';
import { releaseFolder, sliceFolder } from './layout.ts';

/** What a pointer must know of a release: the names of the folders in its `config/`. */
export type ConfigsOf = (release: string) => readonly string[];

/**
 * The two files that a slice of a class syncs, by path below `generated/<fleet>/`.
 *
 * The config of what the slice ran before is listed as long as pods that are not replaced yet may need it, but
 * only where it differs: kustomize refuses an object that is named twice.
 */
export function pointerFiles(
  slice: string,
  className: string,
  { runs, before }: Pointer,
  configsOf: ConfigsOf,
): readonly (readonly [path: string, text: string])[] {
  const folder = sliceFolder(slice, className);
  const release = (id: string): string => releaseFolder(className, id);
  const configs = configsOf(runs);
  const kept = before === null ? [] : configsOf(before).filter((config) => !configs.includes(config));
  return [
    [`${folder}/kustomization.yaml`, kustomization([`../../../${release(runs)}/frame`])],
    [
      `${folder}/release/kustomization.yaml`,
      kustomization(
        [
          `${release(runs)}/objects`,
          ...(configs.length > 0 ? [`${release(runs)}/config`] : []),
          ...kept.map((config) => `${release(before!)}/config/${config}`),
        ].map((path) => `../../../../${path}`),
      ),
    ],
  ];
}

const kustomization = (resources: readonly string[]): string =>
  [
    '# Moved by breakwater promote and rollback. Do not edit.',
    'apiVersion: kustomize.config.k8s.io/v1beta1',
    'kind: Kustomization',
    'resources:',
    ...resources.map((resource) => `  - ${resource}`),
    '',
  ].join('\n');
