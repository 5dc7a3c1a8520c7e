// Takes TensorFlow's C library and its headers out of the wheel that PyPI has.

import { readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run-tool.ts';

/** Folders of the wheel's headers that the C headers include, from release 2.21 on. */
const HEADERS = ['tensorflow/c/', 'tensorflow/core/platform/', 'tsl/', 'xla/tsl/'];

/** The wheel is hundreds of megabytes: Python, which came with pip, reads only what is wanted of it. */
const UNPACK = `
import sys, zipfile
wheel, target, *headers = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for entry in archive.infolist():
        name = entry.filename
        if name.startswith('tensorflow/libtensorflow'):
            entry.filename = 'lib/' + name.split('/')[-1]
        elif name.startswith(tuple('tensorflow/include/' + header for header in headers)):
            entry.filename = name[len('tensorflow/'):]
        else:
            continue
        archive.extract(entry, target)
`;

/**
 * Fetch the pinned wheel, by hash, and unpack it where the addon looks for it.
 * @param folder with requirements.txt
 * @param home of the package
 */
export function unpackTensorFlow(folder: string, home: string): void {
  const wheels = join(folder, 'wheel');
  const machine = process.arch === 'x64' ? 'x86_64' : 'aarch64';
  // A version of Python is named so that every machine gets the one wheel whose hash is pinned.
  const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps'];
  const which = ['--only-binary=:all:', '--python-version', '3.12', '--implementation', 'cp'];
  const where = ['--platform', `manylinux_2_27_${machine}`, '--dest', wheels, '--require-hashes'];
  run('python3', [...pip, ...which, ...where, '-r', 'requirements.txt'], folder);
  const [wheel] = readdirSync(wheels);
  if (wheel === undefined) throw new Error(`pip brought no wheel for ${machine}`);
  const deps = join(home, 'deps');
  run('python3', ['-c', UNPACK, join(wheels, wheel), deps, ...HEADERS], folder);
  rmSync(wheels, { recursive: true });
  // The names that the addon links to; at run time the loader follows the library's own, which stays beside them.
  symlinkSync('libtensorflow_cc.so.2', join(deps, 'lib', 'libtensorflow.so'));
  symlinkSync('libtensorflow_framework.so.2', join(deps, 'lib', 'libtensorflow_framework.so'));
}
