import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { start, startOnFreePorts, type Running } from '../../harness/process.ts';
import { runFolder } from '../cluster-test.ts';

/** A Prometheus that all sites write to. */
export interface Hub {
  readonly url: string;
  readonly process: Running;
}

let hubs = 0;

/** Start an empty Prometheus that takes what is written to it, also what is an hour late. */
export async function startHub(): Promise<Hub> {
  const name = `hub-${(hubs += 1)}`;
  const folder = join(runFolder, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'prometheus.yml'), 'storage: { tsdb: { out_of_order_time_window: 2h } }\n');
  const { process, ports } = await startOnFreePorts(
    1,
    ([port]) =>
      start({
        folder: runFolder,
        name,
        program: 'prometheus',
        args: [
          `--config.file=${join(folder, 'prometheus.yml')}`,
          `--storage.tsdb.path=${join(folder, 'data')}`,
          `--web.listen-address=127.0.0.1:${port}`,
          '--web.enable-remote-write-receiver',
        ],
      }),
    async ([port]) => (await fetch(`http://127.0.0.1:${port}/-/ready`)).ok,
  );
  return { url: `http://127.0.0.1:${ports[0]}`, process };
}
