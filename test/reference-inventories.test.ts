import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { INVENTORIES } from '../src/dev/inventories.ts';
import { inventoryRows } from '../src/fleet/inventory.ts';
import type { ClusterRow } from '../src/fleet/loaded-fleet.ts';
import { loadFleets } from '../src/fleet/load.ts';
import { SLICES } from '../src/plan/slices.ts';

const cwd = fileURLToPath(new URL('..', import.meta.url));
const slices = SLICES.map(({ name }) => name);

async function rowsOf(fleet: string): Promise<readonly ClusterRow[]> {
  const [loaded] = await loadFleets([fleet], { cwd });
  return [...inventoryRows(loaded!, slices)!];
}

const sum = (rows: readonly ClusterRow[]): number => rows.reduce((total, { devices }) => total + devices, 0);

test.each(Object.keys(INVENTORIES))('%s is what its script writes', (name) => {
  expect(INVENTORIES[name]!()).toBe(readFileSync(`${cwd}fleets/inventory/${name}`, 'utf8'));
});

test('city-cameras has 1,000,000 devices in 20,000 clusters of three classes', async () => {
  const rows = await rowsOf('city-cameras');
  const classes = ['n100', 'orin-nano', 'rack'].map((name) => rows.filter((row) => row.class === name));
  expect(rows.length).toBe(20_000);
  expect(sum(rows)).toBe(1_000_000);
  expect(classes.map((members) => [members.length, sum(members)])).toEqual([
    [14_400, 964_802],
    [5_480, 30_853],
    [120, 4_345],
  ]);
});

test('city-cameras is skewed as real fleets are', async () => {
  const rows = await rowsOf('city-cameras');
  const sizes = rows.map(({ devices }) => devices).toSorted((a, b) => b - a);
  const largest = sizes.slice(0, rows.length / 10).reduce((total, size) => total + size, 0);
  expect(largest / 1_000_000).toBeGreaterThan(0.3);
  expect(sizes[rows.length / 2]).toBeLessThan(25);
  expect(new Set(rows.filter((row) => row.class === 'rack').map(({ region }) => region))).toEqual(
    new Set(['rotterdam']),
  );
});

test('every class of city-cameras is pinned to the canary', async () => {
  const pinned = (await rowsOf('city-cameras')).filter(
    ({ slice }) => slice !== undefined && slice <= 'p000.10',
  );
  expect(new Set(pinned.map((row) => row.class))).toEqual(new Set(['n100', 'orin-nano', 'rack']));
});

test('store-shelves has 300 stores of one device', async () => {
  const rows = await rowsOf('store-shelves');
  expect([rows.length, sum(rows)]).toEqual([300, 300]);
});

test('a fleet with counts has no rows', async () => {
  const [loaded] = await loadFleets(['hello-edge'], { cwd });
  expect(inventoryRows(loaded!, slices)).toBeUndefined();
});
