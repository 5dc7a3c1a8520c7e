import { createHash } from 'node:crypto';
import type { ReleaseId } from '../plan/plan.ts';

/**
 * The name of a release: a digest of path, length and bytes of each file, in byte order of paths. Nothing in the
 * files contains it, and nothing else decides it.
 */
export function releaseId(files: ReadonlyMap<string, string>): ReleaseId {
  const hash = createHash('sha256');
  const sorted = [...files].map(([path, text]) => [Buffer.from(path), Buffer.from(text)] as const);
  for (const [path, bytes] of sorted.toSorted(([a], [b]) => Buffer.compare(a, b))) {
    hash.update(path).update(`\0${bytes.length}\0`).update(bytes);
  }
  return `r${hash.digest('hex').slice(0, 12)}`;
}
