import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { backendFolder, removeLeftovers } from '../src/dev/tfjs/backend.ts';
import { project } from './project.ts';

test('a build that was killed is cleared away, one that runs is left alone', () => {
  const cache = project({});
  const { pid } = spawnSync(process.execPath, ['--eval', '0']);
  const names = [`build-${pid}-abc`, `build-${process.pid}-abc`, 'linux-x64-0123456789ab'];
  for (const name of names) mkdirSync(join(cache, name));
  removeLeftovers(cache);
  expect(readdirSync(cache).toSorted()).toEqual(names.slice(1).toSorted());
});

test('the folder of the backend follows from what pins it', () => {
  expect(backendFolder()).toMatch(/breakwater\/tfjs\/[a-z0-9]+-[a-z0-9]+-[0-9a-f]{12}$/);
  expect(backendFolder()).toBe(backendFolder());
});
