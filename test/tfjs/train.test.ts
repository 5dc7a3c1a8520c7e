import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { nodeLines } from '../../src/dev/node-lines.ts';
import { fleetWith } from '../cli/fleet-with-model.ts';
import { run, type Ran } from '../cli/run.ts';
import { describeTfjs, places } from './tfjs-test.ts';

const bin = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));

/** A fleet whose model is trained from digits-cnn by these passes; its test set is the data, which is enough to see it work. */
const training = (passes: string): string =>
  fleetWith(`source: 'trained.h5', training: { from: 'model.h5', data: 'test.npz', seed: 3, ${passes} },`);

const HALF = 'prune: { channels: 0.5, epochs: 4 }, tune: { epochs: 1 }';

const breakwater = (folder: string, argv: readonly string[], io = {}): Promise<Ran> =>
  run(folder, argv, { env: places.env, ...io });

interface Report {
  readonly models: readonly {
    readonly outcome: string;
    readonly stopped?: string;
    readonly passes: readonly {
      readonly pass: string;
      readonly parameters: number;
      readonly bytes: number;
      readonly accuracy: number;
    }[];
  }[];
}

async function train(folder: string, io = {}): Promise<Report['models'][0]> {
  const { status, stdout, stderr } = await breakwater(folder, ['train', '--format', 'json'], io);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return (JSON.parse(stdout) as Report).models[0]!;
}

const digest = (folder: string): string =>
  createHash('sha256')
    .update(readFileSync(join(folder, 'fleets/trained.h5')))
    .digest('hex');

describeTfjs('training', () => {
  test('half of the channels go, the file shrinks, and what is left still knows the digits', async () => {
    const folder = training(HALF);
    const { outcome, passes } = await train(folder);
    expect(outcome).toBe('trained');
    expect(passes.map(({ pass, parameters, bytes }) => ({ pass, parameters, bytes }))).toMatchInlineSnapshot(`
      [
        {
          "bytes": 10384,
          "parameters": 6138,
          "pass": "start",
        },
        {
          "bytes": 5552,
          "parameters": 1922,
          "pass": "prune",
        },
        {
          "bytes": 5552,
          "parameters": 1922,
          "pass": "tune",
        },
      ]
    `);
    for (const { accuracy } of passes) expect(accuracy).toBeGreaterThan(0.9);
    expect((await breakwater(folder, ['build'])).status).toBe(0);
  });

  test('the same seed gives the same bytes, on every Node line', () => {
    const digests = nodeLines().map(({ binary }) => {
      const folder = training('prune: { channels: 0.25, epochs: 1, rounds: 1 }, tune: { epochs: 1 }');
      execFileSync(binary, [bin, 'train'], { cwd: folder, env: { ...process.env, ...places.env } });
      return digest(folder);
    });
    expect(new Set(digests).size).toBe(1);
  });

  test('a student of half the width learns from the network', async () => {
    const { passes } = await train(
      training('distil: { width: 0.5, inherit: false, mix: true, epochs: 40, learningRate: 0.01 }'),
    );
    expect(passes.map(({ pass, parameters }) => ({ pass, parameters }))).toMatchInlineSnapshot(`
      [
        {
          "parameters": 6138,
          "pass": "start",
        },
        {
          "parameters": 1922,
          "pass": "distil",
        },
      ]
    `);
    expect(passes[1]!.accuracy).toBeGreaterThan(0.9);
  });

  test('a student of its own begins with the weights that it has', async () => {
    const { passes } = await train(training("distil: { student: 'model.h5', epochs: 1 }"));
    expect(passes[1]!.accuracy).toBeGreaterThan(0.97);
  });

  test('what was trained is not trained again, and --check tells what is no longer so', async () => {
    const folder = training('tune: { epochs: 1 }');
    await train(folder);
    const before = digest(folder);
    expect((await train(folder)).outcome).toBe('unchanged');
    expect(digest(folder)).toBe(before);
    // Data need not be committed.
    rmSync(join(folder, 'fleets/test.npz'));
    const check = await breakwater(folder, ['train', '--check']);
    expect(check.status).toBe(0);
    expect(check.stdout).toContain('not compared: test.npz is not here');
    appendFileSync(join(folder, 'fleets/trained.h5'), ' ');
    const file = join(folder, 'fleets/shop.ts');
    writeFileSync(file, readFileSync(file, 'utf8').replace('seed: 3', 'seed: 4'));
    const { status, stdout } = await breakwater(folder, ['train', '--check']);
    expect({ status, stdout: stdout.split('\n').slice(0, 4) }).toMatchInlineSnapshot(`
      {
        "status": 1,
        "stdout": [
          "digits: differs, trained.h5",
          "  its training is defined otherwise now",
          "  trained.h5 has changed",
          "  fix: run breakwater train digits, and commit what it writes",
        ],
      }
    `);
    expect(await breakwater(folder, ['build'])).toMatchInlineSnapshot(`
      {
        "status": 2,
        "stderr": "error[TRAINING]: trained.h5 is not what the training of digits makes: its training is defined otherwise now, trained.h5 has changed
        fix: run breakwater train digits, and commit trained.h5 with trained.h5.lock.json
      ",
        "stdout": "",
      }
    `);
  });

  test('stopped, it keeps the best until then and says where', async () => {
    const folder = training('tune: { epochs: 1000 }');
    const shown: string[] = [];
    let stop = (): void => undefined;
    const io = {
      terminal: { stdout: false, stderr: true, columns: 100 },
      untilStopped: () => new Promise<void>((resolve) => (stop = resolve)),
      stderr: (text: string) => {
        shown.push(text);
        if (text.includes('epoch 3 of 1000')) stop();
      },
    };
    const { status, stdout } = await breakwater(folder, ['train'], io);
    expect(status).toBe(0);
    expect(stdout).toContain('stopped in tune: this is the best until then');
    expect(stdout).toContain(
      'to train it to its end, remove trained.h5.lock.json and run breakwater train digits',
    );
    expect(existsSync(join(folder, 'fleets/trained.h5'))).toBe(true);
    expect(shown.find((text) => text.includes('epoch 2'))).toMatch(
      /training digits: tune, epoch 2 of 1000, loss \d\.\d{4}, \d+\.\d % held out right, \d+ s left/,
    );
    expect((await breakwater(folder, ['train', '--check'])).status).toBe(0);
  });

  test('stopped between rounds, it keeps what the first round left', async () => {
    const folder = training(HALF);
    let stop = (): void => undefined;
    const io = {
      terminal: { stdout: false, stderr: true, columns: 100 },
      untilStopped: () => new Promise<void>((resolve) => (stop = resolve)),
      stderr: (text: string) => {
        if (text.includes('round 2 of 2, epoch 1 of')) stop();
      },
    };
    const { status, stdout } = await breakwater(folder, ['train', '--format', 'json'], io);
    expect(status).toBe(0);
    const [{ stopped, passes } = {}] = (JSON.parse(stdout) as Partial<Report>).models ?? [];
    expect(stopped).toBe('prune, round 2 of 2');
    const [whole, half] = [6138, 1922];
    expect(passes?.map(({ pass }) => pass)).toEqual(['start', 'prune']);
    expect(passes?.[1]?.parameters).toBeLessThan(whole);
    expect(passes?.[1]?.parameters).toBeGreaterThan(half);
    expect(existsSync(join(folder, 'fleets/trained.h5'))).toBe(true);
  });

  test('Ctrl-C ends a run with what was best, not with nothing', async () => {
    const env = { ...process.env, ...places.env };
    const started = performance.now();
    execFileSync(process.execPath, [bin, 'train'], { cwd: training('tune: { epochs: 1 }'), env });
    const oneEpochMs = performance.now() - started;
    const folder = training('tune: { epochs: 100000 }');
    const child = spawn(process.execPath, [bin, 'train'], { cwd: folder, env });
    const ended = once(child, 'close');
    let stdout = '';
    child.stdout.on('data', (text) => (stdout += String(text)));
    // Nothing is said where stderr is no terminal. In the time of several whole runs there is something to keep.
    await setTimeout(3 * oneEpochMs);
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(stdout).toContain('stopped in tune: this is the best until then');
    expect((await breakwater(folder, ['train', '--check'])).status).toBe(0);
  });

  test('stopped before there is anything to keep, it writes nothing', async () => {
    const folder = training(HALF);
    const { status, stdout } = await breakwater(folder, ['train'], { untilStopped: () => Promise.resolve() });
    expect({ status, stdout }).toMatchInlineSnapshot(`
      {
        "status": 1,
        "stdout": "digits: stopped, trained.h5
        stopped in prune, round 1 of 2, before there was anything to keep
      ",
      }
    `);
    expect(existsSync(join(folder, 'fleets/trained.h5'))).toBe(false);
  });
});
