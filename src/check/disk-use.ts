import { asList, asRecord, asText, within, type Json } from './json.ts';
import { inBytes, podTakes } from './pod-resources.ts';
import { bytesOf } from './quantities.ts';

/** An `emptyDir` volume on disk. */
export interface EmptyDir {
  readonly index: number;
  readonly name: string;
  /** Bytes at which the pod is evicted; absent where nothing bounds it. */
  readonly sizeLimit: number | undefined;
}

/** The `emptyDir` volumes of a pod that stand on disk, not in memory. */
export const emptyDirsOf = (spec: Json): readonly EmptyDir[] =>
  asList(spec['volumes']).flatMap((volume, index) => {
    const emptyDir = within(volume, 'emptyDir');
    if (emptyDir === undefined || emptyDir === null || asRecord(emptyDir)['medium'] === 'Memory') return [];
    const name = asText(asRecord(volume)['name']) ?? `#${index}`;
    return [{ index, name, sizeLimit: bytesOf(asRecord(emptyDir)['sizeLimit']) }];
  });

/** Bytes of disk that a pod may take by what it declares: its folders, or its limit where that is more. */
export const diskOf = (spec: Json): number =>
  Math.max(
    inBytes(podTakes(spec, 'ephemeral-storage', 'limits')),
    emptyDirsOf(spec).reduce((sum, { sizeLimit }) => sum + (sizeLimit ?? 0), 0),
  );
