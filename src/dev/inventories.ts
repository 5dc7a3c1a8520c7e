// Writes the reference inventories: `node dist/dev/inventories.js`; with `--check`, compares only. Seeded, and without
// functions whose last digit differs between machines, so that everybody gets the same bytes.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Cluster {
  cluster: string;
  readonly class: string;
  readonly region: string;
  devices: number;
  slice?: string;
}

/** How the sites of one class are spread. */
interface Kind {
  readonly class: string;
  readonly clusters: number;
  readonly least: number;
  readonly most: number;
  /** 1 is even; the higher, the fewer sites are large. */
  readonly skew: number;
  /** Weights by region. */
  readonly regions: Readonly<Record<string, number>>;
  /** Slices that the first small sites are pinned to, so that the class is met in the first wave. */
  readonly pins: readonly string[];
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function pick(weights: Readonly<Record<string, number>>, share: number): string {
  const entries = Object.entries(weights);
  let rest = share * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [name, weight] of entries) {
    rest -= weight;
    if (rest < 0) return name;
  }
  return entries.at(-1)![0];
}

function clustersOf(kind: Kind, next: () => number): Cluster[] {
  const made = Array.from({ length: kind.clusters }, (): Cluster => {
    const region = pick(kind.regions, next());
    const share = next();
    let size = share;
    for (let power = 1; power < kind.skew; power++) size *= share;
    const devices = kind.least + Math.floor((kind.most - kind.least + 1) * size);
    return { cluster: '', class: kind.class, region, devices };
  });
  const middling = made.filter(({ devices }) => devices >= kind.least + (kind.most - kind.least) / 4);
  for (const [index, slice] of kind.pins.entries()) (middling[index] ?? made[index]!).slice = slice;
  return made;
}

/** Make the sum exact by adding or taking single devices, one site after the other. */
function settle(clusters: readonly Cluster[], total: number, least: number, most: number): void {
  let missing = total - clusters.reduce((sum, { devices }) => sum + devices, 0);
  for (let index = 0; missing !== 0; index = (index + 1) % clusters.length) {
    const site = clusters[index]!;
    const step = Math.sign(missing);
    if (site.devices + step < least || site.devices + step > most) continue;
    site.devices += step;
    missing -= step;
  }
}

/** Names count sites within their prefix, in an order that tells nothing of size or class. */
function name(clusters: readonly Cluster[], prefix: (cluster: Cluster) => string, next: () => number): void {
  const shuffled = clusters
    .map((cluster) => ({ cluster, key: next() }))
    .toSorted((left, right) => left.key - right.key);
  const counts = new Map<string, number>();
  for (const { cluster } of shuffled) {
    const before = prefix(cluster);
    const count = (counts.get(before) ?? 0) + 1;
    counts.set(before, count);
    cluster.cluster = `${before}-${String(count).padStart(4, '0')}`;
  }
}

function toCsv(clusters: readonly Cluster[]): string {
  const rows = clusters
    .toSorted((left, right) => (left.cluster < right.cluster ? -1 : 1))
    .map((row) => [row.cluster, row.class, row.region, row.devices, row.slice ?? ''].join());
  return `cluster,class,region,devices,slice\n${rows.join('\n')}\n`;
}

const many = (count: number, slice: string): string[] => Array.from({ length: count }, () => slice);

/** 20,000 sites with 1,000,000 devices: boxes in buildings, boards on poles, and racks in one harbour. */
function cityCameras(): string {
  const cities = {
    rotterdam: 26,
    hamburg: 18,
    antwerp: 14,
    lyon: 12,
    porto: 10,
    turin: 8,
    bremen: 7,
    gdansk: 5,
  };
  const boxes: Kind = {
    class: 'n100',
    clusters: 14_400,
    least: 1,
    most: 200,
    skew: 2,
    regions: cities,
    pins: ['p000.01', 'p000.02'],
  };
  const boards: Kind = {
    class: 'orin-nano',
    clusters: 5_480,
    least: 1,
    most: 20,
    skew: 3,
    regions: { ...cities, turin: 30, porto: 25 },
    // Enough for a gate to judge the class by itself.
    pins: ['p000.01', 'p000.02', 'p000.05', 'p000.05', ...many(86, 'p000.10')],
  };
  const racks: Kind = {
    class: 'rack',
    clusters: 120,
    least: 6,
    most: 64,
    skew: 1,
    regions: { rotterdam: 1 },
    pins: ['p000.05', ...many(11, 'p000.10')],
  };
  const next = random(20_261_125);
  const inBuildings = clustersOf(boxes, next);
  const others = [...clustersOf(boards, next), ...clustersOf(racks, next)];
  const elsewhere = others.reduce((sum, { devices }) => sum + devices, 0);
  settle(inBuildings, 1_000_000 - elsewhere, boxes.least, boxes.most);
  const all = [...inBuildings, ...others];
  name(all, ({ region }) => region, next);
  return toCsv(all);
}

/** 300 stores of one device; those beside the head office are the pilots. */
function storeShelves(): string {
  const next = random(300);
  const stores = clustersOf(
    {
      class: 'shelf-box',
      clusters: 300,
      least: 1,
      most: 1,
      skew: 1,
      regions: { south: 40, west: 30, north: 20, east: 10 },
      pins: ['p001.00', 'p002.00', 'p002.00', 'p005.00'],
    },
    next,
  );
  name(stores, () => 'store', next);
  return toCsv(stores);
}

/** File in fleets/inventory/ → its text. */
export const INVENTORIES: Readonly<Record<string, () => string>> = {
  'city-cameras.csv': cityCameras,
  'store-shelves.csv': storeShelves,
};

function main(check: boolean): void {
  mkdirSync(`${root}fleets/inventory`, { recursive: true });
  for (const [name, make] of Object.entries(INVENTORIES)) {
    const path = `${root}fleets/inventory/${name}`;
    const text = make();
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    if (check) {
      process.stderr.write(`error: fleets/inventory/${name} is stale\n  fix: npm run generate\n`);
      process.exitCode = 1;
    } else writeFileSync(path, text);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.includes('--check'));
