import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MIB = 2 ** 20;
const V2 = '/sys/fs/cgroup/cgroup.controllers';

/** What a group takes, in MiB. */
export interface MemoryFigures {
  /** Memory that is in no file: what no reclaim can take away. */
  readonly own: number;
  /** Pages of files that programs have mapped: their code above all. */
  readonly mapped: number;
  /** What the kubelet calls the working set: all but inactive pages of files. */
  readonly workingSet: number;
  /** Times that memory was short and pages had to be given back. */
  readonly reclaims: number;
}

/** A cgroup of the memory controller, version 1 or 2, below the one that this process is in. Needs root. */
export class MemoryGroup {
  readonly #folder: string;
  readonly #v2 = existsSync(V2);

  /** @param limitMiB 0 sets none */
  constructor(name: string, limitMiB: number) {
    const own = readFileSync('/proc/self/cgroup', 'utf8');
    const [, path = '/'] = (this.#v2 ? /^0::(.*)$/m : /^\d+:memory:(.*)$/m).exec(own) ?? [];
    this.#folder = join(
      this.#v2 ? '/sys/fs/cgroup' : '/sys/fs/cgroup/memory',
      path,
      `${name}-${process.pid}`,
    );
    mkdirSync(this.#folder);
    if (limitMiB > 0) this.#write(this.#v2 ? 'memory.max' : 'memory.limit_in_bytes', String(limitMiB * MIB));
  }

  /** Start a program in it. */
  start(command: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
    const enter = `echo $$ > '${join(this.#folder, 'cgroup.procs')}'; exec "$@"`;
    return spawn('/bin/sh', ['-c', enter, 'sh', ...command], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  }

  figures(): MemoryFigures {
    const stat = this.#read('memory.stat');
    const value = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(stat)?.[1] ?? 0);
    const usage = Number(this.#read(this.#v2 ? 'memory.current' : 'memory.usage_in_bytes'));
    const inactive = value(this.#v2 ? 'inactive_file' : 'total_inactive_file');
    return {
      own: value(this.#v2 ? 'anon' : 'total_rss') / MIB,
      mapped: value(this.#v2 ? 'file_mapped' : 'total_mapped_file') / MIB,
      workingSet: (usage - inactive) / MIB,
      reclaims: this.#v2
        ? Number(/^max (\d+)$/m.exec(this.#read('memory.events'))?.[1] ?? 0)
        : Number(this.#read('memory.failcnt')),
    };
  }

  /** Once nothing runs in it any more. */
  remove(): void {
    rmdirSync(this.#folder);
  }

  #read(file: string): string {
    return readFileSync(join(this.#folder, file), 'utf8');
  }

  #write(file: string, text: string): void {
    writeFileSync(join(this.#folder, file), text);
  }
}

/** One line of figures. */
export const formatFigures = ({ own, mapped, workingSet, reclaims }: MemoryFigures): string =>
  `${own.toFixed(0)} MiB own, ${mapped.toFixed(0)} MiB of files mapped, working set ${workingSet.toFixed(0)} MiB, ${reclaims.toLocaleString('en')} reclaims`;
