import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { TarFile } from '../../model/package/tar.ts';
import { cached, run } from './cache.ts';
import type { Platform } from './platform.ts';

/** Libraries that Node's binary is linked with, as `readelf -d` shows it on both platforms. */
const LIBRARIES = [
  'libc.so.6',
  'libdl.so.2',
  'libgcc_s.so.1',
  'libm.so.6',
  'libpthread.so.0',
  'libstdc++.so.6',
];
const LIBRARY_PACKAGES = ['libc6', 'libgcc-s1', 'libstdc++6'];

interface Unpacked {
  readonly folder: string;
  /** `name=version` of each. */
  readonly versions: readonly string[];
}

/**
 * Packages of the distribution that this machine runs, for any architecture, unpacked. Lists and state are apt's own
 * in a folder of the cache, so that the machine's do not change.
 *
 * @throws Error where apt is not there, or its mirror has no such architecture
 */
function unpack(arch: Platform['arch'], packages: readonly string[]): Unpacked {
  const folder = cached(`debian-${arch}-${packages.join('-')}`, (empty) => {
    const state = join(empty, 'apt');
    for (const part of ['lists/partial', 'cache/archives/partial'])
      mkdirSync(join(state, part), { recursive: true });
    writeFileSync(join(state, 'status'), '');
    const settings = [
      `Dir::State::lists=${state}/lists`,
      `Dir::State::status=${state}/status`,
      `Dir::Cache=${state}/cache`,
      `APT::Architecture=${arch}`,
      `APT::Architectures::=${arch}`,
      'Acquire::Languages=none',
      'APT::Sandbox::User=root',
    ].flatMap((setting) => ['-o', setting]);
    run(empty, 'apt-get', ...settings, 'update');
    run(empty, 'apt-get', ...settings, 'download', ...packages);
    const files = readdirSync(empty).filter((file) => file.endsWith('.deb'));
    for (const file of files) run(empty, 'dpkg-deb', '-x', file, 'root');
    writeFileSync(
      join(empty, 'versions.json'),
      JSON.stringify(files.map((file) => file.split('_').slice(0, 2).join('=')).toSorted()),
    );
    run(empty, 'rm', '-rf', 'apt', ...files);
  });
  return {
    folder: join(folder, 'root'),
    versions: JSON.parse(readFileSync(join(folder, 'versions.json'), 'utf8')) as string[],
  };
}

const find = (folder: string, name: string): string => {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find(
    (path) => basename(path) === name && !path.includes('/gconv/'),
  );
  if (found === undefined) throw new Error(`no ${name} in ${folder}`);
  return join(folder, found);
};

/** Licences of packages; the two of GCC have theirs in a third, which comes with the compiler. */
const licences = (folder: string, packages: readonly string[]): readonly TarFile[] =>
  packages
    .map((name) => `usr/share/doc/${name}/copyright`)
    .filter((path) => existsSync(join(folder, path)))
    .map((path) => ({ path, content: readFileSync(join(folder, path)) }));

/** The C and C++ libraries that Node needs, its loader, and their licences. */
export function libraryFiles({ arch, triplet, loader }: Platform): {
  readonly files: readonly TarFile[];
  readonly versions: readonly string[];
} {
  const { folder, versions } = unpack(arch, LIBRARY_PACKAGES);
  const library = (path: string): TarFile => ({
    path,
    content: readFileSync(find(folder, basename(path))),
    executable: true,
  });
  return {
    files: [
      library(loader),
      ...LIBRARIES.map((name) => library(`lib/${triplet}/${name}`)),
      ...licences(folder, LIBRARY_PACKAGES),
    ],
    versions,
  };
}

/** A `cp` that needs no library: Debian's BusyBox, which does what it is called. */
export function copyProgram({ arch }: Platform): {
  readonly files: readonly TarFile[];
  readonly versions: readonly string[];
} {
  const { folder, versions } = unpack(arch, ['busybox-static']);
  return {
    files: [
      { path: 'bin/cp', content: readFileSync(find(folder, 'busybox')), executable: true },
      ...licences(folder, ['busybox-static']),
    ],
    versions,
  };
}
