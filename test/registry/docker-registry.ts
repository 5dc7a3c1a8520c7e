// The registry that Debian packages, on this machine, for tests against the real thing.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const absent = ['docker-registry', 'skopeo'].filter((program) => spawnSync(program, ['--version']).error);

/** Why tests cannot run; empty where they can. */
export const missing =
  absent.length === 0 ? '' : ` (skipped: no ${absent.join(', no ')}; apt-get install docker-registry skopeo)`;

export interface RealRegistry {
  /** Host and port. */
  readonly host: string;
  readonly stop: () => Promise<void>;
}

/** Start it on a free port, with an empty folder. */
export async function startRegistry(): Promise<RealRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-registry-'));
  const config = join(folder, 'config.yml');
  writeFileSync(
    config,
    `version: 0.1
log: { level: info }
storage: { filesystem: { rootdirectory: ${join(folder, 'blobs')} } }
http: { addr: '127.0.0.1:0' }
`,
  );
  const child = spawn('docker-registry', ['serve', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  const port = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (text: Buffer) => {
      said += text.toString();
      const [, found] = /listening on 127\.0\.0\.1:(\d+)/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(`docker-registry ended: ${said}`)));
  });
  const stop = async (): Promise<void> => {
    child.kill();
    await once(child, 'exit');
    rmSync(folder, { recursive: true });
  };
  return { host: `127.0.0.1:${port}`, stop };
}
