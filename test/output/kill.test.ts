import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { helloFiles } from '../cli/repository.ts';
import { project } from '../project.ts';

const binary = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));

const start = (cwd: string, ...args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [binary, ...args], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });

/** Exit status, or the signal that ended it, and what it said. */
const ended = (child: ChildProcess): Promise<{ status: number | string | null; said: string }> =>
  new Promise((resolve) => {
    let said = '';
    child.stderr!.on('data', (chunk) => (said += String(chunk)));
    child.on('close', (status, signal) => resolve({ status: status ?? signal, said }));
  });

/** Path → content of all that synth writes. */
function written(cwd: string): Record<string, string> {
  const files = readdirSync(cwd, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(cwd.length + 1))
    .filter((path) => path.startsWith('generated/') || path.endsWith('rollout.json'));
  return Object.fromEntries(files.toSorted().map((path) => [path, readFileSync(join(cwd, path), 'utf8')]));
}

/** Fleets of one definition under several names, so that there is something to write for a kill to meet. */
function fleets(): Record<string, string> {
  const files = helloFiles();
  files['fleets/alpha.ts'] = files['fleets/hello.ts']!.replaceAll('hello', 'alpha');
  return files;
}

let known: Record<string, string> | undefined;

/** What a run that nothing disturbs writes. */
async function undisturbed(): Promise<Record<string, string>> {
  const cwd = project(fleets());
  if (known === undefined) await ended(start(cwd, 'synth'));
  known ??= written(cwd);
  return known;
}

test.each([
  'generated',
  'generated/hello/slices/p000.01',
  'generated/hello/slices/p100.00',
  'fleets/alpha.rollout.json',
  'fleets/hello.rollout.json',
])('a synth that is killed once there is %s is finished by the next one', async (moment) => {
  const cwd = project(fleets());
  const child = start(cwd, 'synth');
  const end = ended(child);
  while (child.exitCode === null && !existsSync(join(cwd, moment))) await setTimeout(0);
  child.kill('SIGKILL');
  await end;
  expect(await ended(start(cwd, 'synth'))).toMatchObject({ status: 0 });
  expect(written(cwd)).toEqual(await undisturbed());
});

test('of several that write at once, none harms the others', async () => {
  const cwd = project(fleets());
  const ends = await Promise.all(Array.from({ length: 3 }, () => ended(start(cwd, 'synth'))));
  for (const { status, said } of ends) {
    expect([0, 2]).toContain(status);
    expect(status === 0 || said.includes('error[OUTPUT_BUSY]')).toBe(true);
  }
  expect(await ended(start(cwd, 'synth'))).toMatchObject({ status: 0 });
  expect(written(cwd)).toEqual(await undisturbed());
});
