import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the kernel says it: of control groups in version 2, and in version 1. */
const LAYOUTS = [
  { used: 'memory.current', statistics: 'memory.stat', inactive: /^inactive_file (\d+)$/m },
  {
    used: 'memory/memory.usage_in_bytes',
    statistics: 'memory/memory.stat',
    inactive: /^total_inactive_file (\d+)$/m,
  },
] as const;

/**
 * The working set of the container that this runs in, as kubelet works it out and compares it with the limit: what its
 * control group holds less what of it is files that can be dropped.
 *
 * @param folder where control groups are mounted
 * @returns bytes; `undefined` where the kernel does not say, as outside of a container
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#eviction-signals
 */
export function workingSet(folder = '/sys/fs/cgroup'): number | undefined {
  for (const { used, statistics, inactive } of LAYOUTS) {
    const bytes = Number(read(join(folder, used)));
    const dropped = Number(inactive.exec(read(join(folder, statistics)) ?? '')?.[1]);
    if (Number.isFinite(bytes - dropped)) return Math.max(0, bytes - dropped);
  }
  return undefined;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
