import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { fleetTemplate } from '../../../src/cli/init/fleet-template.ts';
import type { PlanFile } from '../../../src/plan/plan.ts';
import { run } from '../../cli/run.ts';
import { repository, type Repository } from '../../cli/repository.ts';
import type { WrittenSeries } from './remote-write.ts';

/** Slices of the canary, and one of the last wave: what a fleet of two classes of 120 devices each is made of. */
const CANARY = 'p000.01';
const REST = 'p100.00';
const DEVICES = { [CANARY]: 40, [REST]: 80 };
export const CLASSES = ['mini-pc', 'mini-arm'] as const;

/** Silence after which a device is overdue, and for how long requests are counted. */
export const OVERDUE_MS = 30 * 60_000;
const EVERY_MS = 30_000;

const inventory = (): string => {
  const rows = CLASSES.flatMap((name) =>
    Object.entries(DEVICES).flatMap(([slice, count]) =>
      Array.from(
        { length: count },
        (_, index) => `${name}-${slice.replace('.', '-')}-${index},${name},north,1,${slice}`,
      ),
    ),
  );
  return ['cluster,class,region,devices,slice', ...rows, ''].join('\n');
};

function definition(): string {
  const one = fleetTemplate('hello');
  const device = /'mini-pc': (\{[^}]*\}),/.exec(one)![1]!;
  return one
    .replace('  flux,', '  csv,\n  flux,')
    .replace(/'mini-pc': \{[^}]*\},/, `'mini-pc': ${device},\n    'mini-arm': ${device},`)
    .replace(/.*name: 'half'.*\n/, '')
    .replace(/inventory: \[.*\],/, "inventory: csv('inventory/hello.csv'),")
    .replace(
      /gate: \{[^}]*\}/,
      "gate: { baseline: 0.02, detect: 0.3, alpha: 0.01, beta: 0.01, ceiling: 0.4, window: '10m', overdueAfter: '30m' }",
    );
}

/** What the agents of {@link twoClassFleet} may be asked beside requests. */
const TROUBLE = `latency: ':tensorflow:serving:request_latency',
          slowAbove: 1000,
          memory: 'process_resident_memory_bytes',
          restarts: ':tensorflow:serving:request_count',`;

/**
 * A fleet of two classes, with a first release everywhere and a second one on the canary of both.
 * @param trouble whether the gate watches latency, memory and restarts as well
 */
export async function twoClassFleet({ trouble = false } = {}): Promise<Repository> {
  const fleet = trouble
    ? definition().replace('metrics: {', `metrics: {\n          ${TROUBLE}`)
    : definition();
  const repo = repository({
    'fleets/hello.ts': fleet,
    'fleets/inventory/hello.csv': inventory(),
    '.gitignore': '.breakwater\n',
  });
  expect(await run(repo.folder, ['synth'])).toMatchObject({ status: 0 });
  repo.commit('2026-01-01T00:00:00Z');
  writeFileSync(join(repo.folder, 'fleets/hello.ts'), fleet.replace("memory: '512Mi'", "memory: '640Mi'"));
  expect(await run(repo.folder, ['synth'])).toMatchObject({ status: 0 });
  repo.commit('2026-01-01T01:00:00Z');
  return repo;
}

/** What one device does. */
export interface Device {
  readonly cluster: string;
  readonly class: string;
  readonly slice: string;
  readonly version: string;
  readonly isNew: boolean;
  /** Place in its slice, from 0. */
  readonly index: number;
}

/** The devices of the fleet, each with the version that its slice runs. */
export function devicesOf({ folder }: Repository): Device[] {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const { wanted } = read('generated/hello/plan.json') as PlanFile;
  const { classes } = read('fleets/hello.rollout.json') as { classes: Record<string, { settled: string }> };
  const versionOf = (name: string, release: string): string =>
    (
      read(`generated/hello/releases/${name}/${release}/release.json`) as {
        versions: Record<string, string>;
      }
    ).versions['inference']!;
  return CLASSES.flatMap((name) =>
    Object.entries(DEVICES).flatMap(([slice, count]) =>
      Array.from({ length: count }, (_, index): Device => {
        const isNew = slice === CANARY;
        return {
          cluster: `${name}-${slice.replace('.', '-')}-${index}`,
          class: name,
          slice,
          version: versionOf(name, isNew ? wanted[name]!.release : classes[name]!.settled),
          isNew,
          index,
        };
      }),
    ),
  );
}

/** How a device is played. */
export interface Behaviour {
  /** Of ten requests in a minute, how many fail. */
  readonly failing?: (device: Device) => number;
  /** Whether anything is heard of a device, so many milliseconds before now. */
  readonly silent?: (device: Device, agoMs: number) => boolean;
  /** Changes what is written. */
  readonly change?: (series: WrittenSeries, device: Device) => readonly WrittenSeries[];
}

const METRIC = ':tensorflow:serving:request_count';

/** What the agents of the fleet wrote in the last 50 minutes. */
export function written(
  devices: readonly Device[],
  nowMs: number,
  { failing = () => 0, silent = () => false, change = (series) => [series] }: Behaviour,
): WrittenSeries[] {
  const end = Math.floor(nowMs / 1000) * 1000;
  const count = 100;
  return devices.flatMap((device) => {
    const { cluster, class: name, slice, version, index } = device;
    const who = { cluster, class: name, slice, version, device: 'device-1' };
    const offset = (index % 30) * 1000;
    const times = Array.from({ length: count }, (_, at) => end - (count - 1 - at) * EVERY_MS - offset).filter(
      (time) => !silent(device, end - time),
    );
    const counter = (status: string, each: number): WrittenSeries[] =>
      each === 0
        ? []
        : [
            {
              labels: { __name__: METRIC, status, ...who },
              samples: times.map((time) => [time, Math.round(((time - end) / EVERY_MS + count) * each)]),
            },
          ];
    const bad = failing(device) / 2;
    return [
      { labels: { __name__: 'up', ...who }, samples: times.map((time) => [time, 1] as const) },
      ...counter('OK', 5 - bad),
      ...counter('Internal', bad),
    ]
      .filter(({ samples }) => samples.length > 0)
      .flatMap((series) => change(series, device));
  });
}
