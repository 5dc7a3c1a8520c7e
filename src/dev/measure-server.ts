// Measures what the image's model server takes in a memory cgroup, cold, under load, with limits and with large bodies:
// `node dist/dev/measure-server.js MODEL.tflite [LIMIT_MIB…] [--max-body MIB]` as root on Linux. Without limits: none.

import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadLiteRt } from '../model/runtime/litert.ts';
import { readFile } from '../model/read-file.ts';
import { coldCopy } from './measure/cold-copy.ts';
import { end } from './measure/ended.ts';
import { formatLoad, load } from './measure/load.ts';
import { formatFigures, MemoryGroup } from './measure/memory-group.ts';
import { bundleFiles, ENTRY } from './server-image/bundle.ts';
import { NODE_FLAGS, nodeBinary } from './server-image/node-binary.ts';
import { PLATFORMS } from './server-image/platform.ts';

const LOAD_MS = 5000;
const MIB = 2 ** 20;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'max-body': { type: 'string', default: '8' } },
});
const [model = '', ...limits] = positionals;
const maxBody = Number(values['max-body']);
const { inputs } = await (await loadLiteRt()).load(readFile(model));
const platform = PLATFORMS.find(({ npm }) => npm === process.arch)!;
const folder = mkdtempSync(join(tmpdir(), 'breakwater-measure-'));
for (const { path, content } of await bundleFiles()) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

/** One instance as base64. */
const small = JSON.stringify({
  inputs: Object.fromEntries(
    inputs.map(({ name, bytes }) => [name, { b64: Buffer.alloc(bytes).toString('base64') }]),
  ),
});
/** As large as is allowed, all of it numbers; refused, but only after it was read. */
const large = `{"inputs": [${'0.5,'.repeat((maxBody * MIB) / 4 - 8)}0]}`;

/** Where the server listens. @throws Error with what it said instead */
const listening = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = '';
    child.stderr!.on('data', (data: Buffer) => {
      said += data.toString();
      const [, url] = / at (http:\S+)/.exec(said) ?? [];
      if (url !== undefined) resolve(url.replace('0.0.0.0', '127.0.0.1'));
    });
    child.on('exit', () => reject(new Error(`it ended: ${said}`)));
  });

const print = (text: string): void => void process.stdout.write(`  ${text}\n`);

async function measure(limit: number): Promise<void> {
  process.stdout.write(limit === 0 ? 'no limit\n' : `limit ${limit} MiB\n`);
  const group = new MemoryGroup('breakwater-server', limit);
  const node = coldCopy(nodeBinary(platform), join(folder, 'node'));
  const child = group.start([
    node,
    ...NODE_FLAGS,
    join(folder, ENTRY),
    model,
    '--port=0',
    `--max-body=${maxBody}Mi`,
  ]);
  try {
    const url = `${await listening(child)}:predict`;
    print(`loaded: ${formatFigures(group.figures())}`);
    for (const clients of [1, 4, 64]) {
      const figures = await load(url, small, clients, LOAD_MS);
      print(`${clients} clients: ${formatLoad(figures)}`);
      print(`  ${formatFigures(group.figures())}`);
    }
    await load(url, large, 32, 2 * LOAD_MS);
    print(`32 clients with bodies of ${maxBody} MiB: ${formatFigures(group.figures())}`);
  } finally {
    await end(child);
    group.remove();
  }
}

try {
  for (const limit of limits.length === 0 ? [0] : limits.map(Number)) await measure(limit);
} finally {
  rmSync(folder, { recursive: true });
}
process.exit();
