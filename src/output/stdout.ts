import type { Releases } from '../synth/manifests.ts';
import { fleetFolder, releaseFolder } from './layout.ts';

/**
 * The objects of what a definition makes as one stream of YAML, each document under a comment that names the file
 * that `synth` would write. Without the files that only kustomize reads.
 */
export function formatObjects(fleet: string, releases: Releases): string {
  const documents = Object.entries(releases).flatMap(([className, { id, files }]) =>
    [...files]
      .filter(([path]) => path.endsWith('.yaml') && !path.endsWith('/kustomization.yaml'))
      .map(
        ([path, text]) =>
          `---\n# ${fleetFolder(fleet)}/${releaseFolder(className, id)}/${path}\n${text.replace(/^---\n/, '')}`,
      ),
  );
  return documents.join('');
}
