import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { typed } from '../../src/cli/verb.ts';
import { verbs } from '../../src/cli/verbs.ts';
import { helpOf, withHelp } from '../../src/dev/readme.ts';
import { run } from './run.ts';

const here = tmpdir();

test('a misspelt flag exits 2 and suggests the right one', async () => {
  const { status, stdout, stderr } = await run(here, ['schema', '--hepl']);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatchInlineSnapshot(`
    "error[FLAG]: unknown option '--hepl'
      fix: write --help, or see --help
    "
  `);
});

test('a misspelt verb exits 2 and suggests the right one', async () => {
  const { status, stdout, stderr } = await run(here, ['scheme']);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatchInlineSnapshot(`
    "error[FLAG]: unknown verb 'scheme'
      fix: write schema, or see --help
    "
  `);
});

test('an argument too many exits 2', async () => {
  const { status, stderr } = await run(here, ['schema', 'fleet', 'plan']);
  expect(status).toBe(2);
  expect(stderr).toMatchInlineSnapshot(`
    "error[FLAG]: too many arguments for 'schema': expected 1 argument but got 2
      fix: see --help
    "
  `);
});

test('a value that is no choice exits 2 and lists the choices', async () => {
  const { status, stderr } = await run(here, ['schema', 'wave']);
  expect(status).toBe(2);
  expect(stderr).toMatchInlineSnapshot(`
    "error[FLAG]: 'wave' is no name: the choices are fleet, plan, evidence, record
      fix: see --help
    "
  `);
});

test('no verb prints help on stderr and exits 2', async () => {
  const { status, stdout, stderr } = await run(here, []);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain('Usage: breakwater <verb> [options]');
});

test('help of a verb is a result: stdout, status 0', async () => {
  const { status, stdout, stderr } = await run(here, ['init', '--help']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatchInlineSnapshot(`
    "Usage: breakwater init [options] [fleet]

    Write a first fleet that passes validate, package.json, tsconfig.json, a pre-commit hook and a
    workflow into this folder, which may be empty or a repository. Nothing is overwritten: package.json,
    tsconfig.json, .gitignore and .gitattributes that are there stay as they are, any other file that is
    there stops it before anything is written.

    Arguments:
      fleet       name of the first fleet (default: "my-fleet")

    Options:
      -h, --help  print help

    Example:
      breakwater init
      breakwater init store-cameras

    "
  `);
});

test('colour is written to a terminal only, and not where NO_COLOR is set', async () => {
  const terminal = { stdout: true, stderr: true, columns: 100 };
  const seen = await run(here, ['scheme'], { terminal });
  expect(seen.stderr).toContain('\u001B[31m');
  const plain = await run(here, ['scheme'], { terminal, env: { NO_COLOR: '1' } });
  expect(plain.stderr).not.toContain('\u001B');
});

test('every verb has help with an example, and the README has it', async () => {
  for (const names of verbs.flatMap(typed)) {
    expect(await helpOf([...names, '--help'])).toContain(`Example:\n  breakwater ${names.join(' ')}`);
  }
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  expect(await withHelp(readme)).toBe(readme);
});

test('promote --help says who reads the evidence', async () => {
  expect(await helpOf(['promote', '--help'])).toMatchInlineSnapshot(`
    "Usage: breakwater promote [options] <fleet>

    Hand the release of each class on to the next wave: move the pointers, print what to commit. Refused
    without a PASS for the wave before that breakwater gate --record has written down, unless people
    gate the fleet; while that wave has been watched for less than its soak, counted from the commit
    that moved it; during a freeze; and where more devices could be harmed than maxHarmedDevices.

    Arguments:
      fleet                name of a fleet, or its file

    Options:
      --class <class>      one class only
      --wave <wave>        into this wave only; the wave before it must run one release throughout
      --early <reason>     do not wait for soak and pause; the reason is written down
      --override <reason>  go on without a recorded PASS, in a freeze, above maxHarmedDevices; the
                           reason is written down
      --format <format>    how to print the result (choices: "pretty", "json", default: "pretty")
      -h, --help           print help

    Example:
      breakwater promote hello-edge
      breakwater promote hello-edge --wave early --early 'fix of an outage'"
  `);
});
