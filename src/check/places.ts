// Where findings point to in files.

import type { Release } from '../synth/manifests.ts';
import type { Location } from './finding.ts';
import type { FindPosition } from './positions.ts';
import type { YamlFile } from './read-yaml.ts';
import type { Hit } from './run-rules.ts';

/** Where an object stands in `generated/`, which may not be written yet: the text is in memory. */
export function generatedAt(
  { finding: { at, path } }: Hit,
  fleet: string,
  release: Release,
  find: FindPosition | undefined,
): readonly Location[] {
  if (!at) return [];
  const text = release.files.get(at.file);
  const file = `generated/${fleet}/releases/${release.class}/${release.id}/${at.file}`;
  return [{ role: 'generated', file, ...(text === undefined ? {} : find?.(text, at.document, path)) }];
}

/** Where an object stands in a file that was given; what has no object stands where the rule says. */
export function givenAt(
  { finding, file = '' }: Hit,
  files: ReadonlyMap<string, YamlFile>,
  find: FindPosition | undefined,
): Location {
  const { at, path, position } = finding;
  if (!at) return { role: 'source', file, ...position };
  const { text, prefixes } = files.get(at.file)!;
  return {
    role: 'source',
    file: at.file,
    ...find?.(text, at.document, `${prefixes.get(at) ?? ''}${path}`),
  };
}
