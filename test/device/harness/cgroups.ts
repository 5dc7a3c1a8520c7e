// Where a node's processes are counted and limited: a folder of its own in each hierarchy of cgroup v1.

import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

interface Hierarchy {
  /** Such as `memory` or `name=systemd`. */
  readonly name: string;
  /** Where it is mounted. */
  readonly mount: string;
}

/** The hierarchies of cgroup v1 that are mounted on this machine. */
export function hierarchies(): readonly Hierarchy[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' - '))
    .filter(([, rest]) => rest!.startsWith('cgroup '))
    .map(([mount, rest]) => {
      const options = rest!.split(' ')[2]!.split(',');
      const name = options.find((option) => option.startsWith('name='));
      return {
        name: name ?? options.filter((option) => option !== 'rw').join(','),
        mount: mount!.split(' ')[4]!,
      };
    });
}

/** Where this process stands in a hierarchy. */
function ownPath(name: string): string {
  const line = readFileSync('/proc/self/cgroup', 'utf8')
    .split('\n')
    .find((line) => line.split(':')[1] === name);
  return line?.split(':')[2] ?? '/';
}

/**
 * Make a node's folders below our own, so that our limits hold for it too.
 * They are written down in the run's folder before they are made: whoever removes that removes them.
 */
export function makeCgroups(runFolder: string, node: string): readonly string[] {
  return hierarchies().map(({ name, mount }) => {
    const own = join(mount, ownPath(name));
    const folder = join(own, `${basename(runFolder)}-${node}`);
    appendFileSync(join(runFolder, 'cgroups'), `${folder}\n`);
    if (!existsSync(folder)) mkdirSync(folder);
    // Without these a cpuset takes no process.
    if (name === 'cpuset') {
      for (const file of ['cpuset.cpus', 'cpuset.mems']) {
        writeFileSync(join(folder, file), readFileSync(join(own, file)));
      }
    }
    return folder;
  });
}
