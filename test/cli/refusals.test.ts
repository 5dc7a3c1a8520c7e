import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { project } from '../project.ts';
import { helloFiles } from './repository.ts';
import { run } from './run.ts';

/** What a verb says where it refuses: ids are named, since they follow from every byte of a release. */
async function refusal(folder: string, ...argv: string[]): Promise<string> {
  const { status, stdout, stderr } = await run(folder, argv);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  return stderr.replaceAll(/\br[0-9a-f]{12}\b/g, '<release>').replaceAll(folder, '<folder>');
}

test('verbs that move pointers refuse with what is there instead', async () => {
  const folder = project(helloFiles());
  await run(folder, ['synth']);
  expect(await refusal(folder, 'promote', 'hello')).toMatchInlineSnapshot(`
    "error[NOTHING_TO_PROMOTE]: every slice of fleet hello runs the first slice's release
      fix: edit the definition and run breakwater synth
    "
  `);
  expect(await refusal(folder, 'promote', 'hello', '--wave', 'halve')).toMatchInlineSnapshot(`
    "error[WAVE_UNKNOWN]: fleet hello has no wave "halve"
      fix: name one of canary, half, rest
    "
  `);
  expect(await refusal(folder, 'promote', 'hello', '--class', 'mini')).toMatchInlineSnapshot(`
    "error[CLASS_UNKNOWN]: fleet hello has no class "mini" in its rollout file
      fix: name one of mini-pc
    "
  `);
  expect(await refusal(folder, 'rollback', 'hello', '--reason', 'x')).toMatchInlineSnapshot(`
    "error[NOTHING_SETTLED]: fleet hello runs its first release: there is none to go back to
      fix: correct the definition and run breakwater synth
    "
  `);
  expect(await refusal(folder, 'rollback', 'hello')).toMatchInlineSnapshot(`
    "error[FLAG]: required option '--reason <text>' not specified
      fix: see --help
    "
  `);
  expect(await refusal(folder, 'retry', 'hello', 'r000000000000')).toMatchInlineSnapshot(`
    "error[RELEASE_UNKNOWN]: fleet hello has no rejected release "<release>"
      fix: nothing is rejected: run breakwater status
    "
  `);
});

test('a file that synth did not write stops it, and nothing is touched', async () => {
  const folder = project({ ...helloFiles(), 'generated/hello/notes.txt': 'mine\n' });
  expect(await refusal(folder, 'synth')).toMatchInlineSnapshot(`
    "error[OUTPUT_FOREIGN]: generated/ holds what Breakwater does not write; nothing was touched:
      generated/hello/notes.txt
      fix: move it out of generated/, or remove it
    "
  `);
  expect(readFileSync(join(folder, 'generated/hello/notes.txt'), 'utf8')).toBe('mine\n');
});

test('a rollout file that names a release which is not stored is refused', async () => {
  const folder = project(helloFiles());
  await run(folder, ['synth']);
  const file = join(folder, 'fleets/hello.rollout.json');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/("slice": "p000.01", "runs": ")r[0-9a-f]{12}/, '$1r0123456789ab'));
  expect(await refusal(folder, 'synth')).toMatchInlineSnapshot(`
    "error[RELEASE_MISSING]: class mini-pc: release <release> is named and generated/hello/releases/mini-pc/<release> is not there
      fix: check it out from Git: git checkout HEAD -- generated/hello/releases/mini-pc/<release>
    "
  `);
  writeFileSync(file, text.replace('"schemaVersion": 1', '"schemaVersion": 9'));
  expect(await refusal(folder, 'promote', 'hello')).toMatchInlineSnapshot(`
    "error[ROLLOUT_SYNTAX]: fleets/hello.rollout.json:2: expected the schemaVersion 1, got 9
      fix: check the file out from Git again: git checkout HEAD -- fleets/hello.rollout.json
    "
  `);
});

test('flags that exclude each other, or lack their value, exit 2', async () => {
  const folder = project(helloFiles());
  expect(await refusal(folder, 'synth', '--check', '--stdout')).toMatchInlineSnapshot(`
    "error[FLAG]: option '--stdout' cannot be used with option '--check'
      fix: see --help
    "
  `);
  expect(await refusal(folder, 'validate', '--format', 'xml')).toMatchInlineSnapshot(`
    "error[FLAG]: option '--format <format>' argument 'xml' is invalid: the choices are pretty, json, sarif, markdown
      fix: see --help
    "
  `);
  expect(await refusal(folder, 'rollback', 'hello', '--reason', ' ')).toMatchInlineSnapshot(`
    "error[FLAG]: option '--reason <text>' argument ' ' is invalid. write why, for those who read it later
      fix: see --help
    "
  `);
  expect(await refusal(folder, 'bootstrap', 'hello')).toMatchInlineSnapshot(`
    "error[FLAG]: required option '--cluster <id>' not specified
      fix: see --help
    "
  `);
});

test('progress is told on a terminal only, and its line is gone before the result or an error', async () => {
  const folder = project(helloFiles());
  const terminal = { stdout: false, stderr: true, columns: 100 };
  const seen = await run(folder, ['validate'], { terminal });
  expect(seen.stderr).toContain('planning hello');
  expect(seen.stderr.endsWith('\r\u001B[K')).toBe(true);
  writeFileSync(join(folder, 'fleets/hello.ts'), 'export default 1;\n');
  const failed = await run(folder, ['validate'], { terminal: { ...terminal }, env: { NO_COLOR: '1' } });
  expect(failed.stderr).toContain('error[FLEET_SCHEMA]');
});
