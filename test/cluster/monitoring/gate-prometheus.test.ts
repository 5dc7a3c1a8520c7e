import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { GateRecord } from '../../../src/gate/record.ts';
import type { Decision } from '../../../src/gate/verdict.ts';
import { type Ran, run } from '../../cli/run.ts';
import type { Repository } from '../../cli/repository.ts';
import { describeCluster } from '../cluster-test.ts';
import { startHub, type Hub } from './hub.ts';
import { remoteWrite } from './remote-write.ts';
import { devicesOf, twoClassFleet, written, type Behaviour, type Device } from './two-class-fleet.ts';

/** Failures and outages that happen anyway, in both arms. */
const USUAL: Behaviour = { failing: ({ index }) => (index % 40 === 3 ? 1 : 0) };

describeCluster('breakwater gate --prometheus', () => {
  const hubs: Hub[] = [];
  afterAll(async () => {
    await Promise.all(hubs.map(({ process }) => process.stop()));
  });

  async function hubWith(repo: Repository, behaviour: Behaviour): Promise<Hub> {
    const hub = await startHub();
    hubs.push(hub);
    devices = devicesOf(repo);
    const series = written(devices, Date.now(), behaviour);
    for (let at = 0; at < series.length; at += 100) await remoteWrite(hub.url, series.slice(at, at + 100));
    return hub;
  }

  const ask = (repo: Repository, url: string, ...more: string[]): Promise<Ran> =>
    run(repo.folder, ['gate', 'hello', '--wave', 'canary', '--prometheus', url, ...more]);

  let devices: readonly Device[] = [];
  const settledOf = (name: string): string =>
    devices.find(({ class: of, isNew }) => of === name && !isNew)!.version;

  async function judge(
    behaviour: Behaviour,
    fleet: { readonly trouble?: boolean } = {},
  ): Promise<Ran & { readonly verdict?: string }> {
    const repo = await twoClassFleet(fleet);
    const hub = await hubWith(repo, behaviour);
    const ran = await ask(repo, hub.url, '--format', 'json');
    await hub.process.stop();
    if (ran.stdout === '') return ran;
    return { ...ran, ...(JSON.parse(ran.stdout) as { verdict: string; reason: string }) };
  }

  test('a good rollout passes, and what is recorded says so', async () => {
    const repo = await twoClassFleet();
    const hub = await hubWith(repo, USUAL);
    const ran = await ask(repo, hub.url, '--record', '--format', 'json');
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    const { verdict, recorded } = JSON.parse(ran.stdout) as { verdict: string; recorded: string[] };
    expect(verdict).toBe('PASS');
    expect(recorded).toHaveLength(2);
    const record = JSON.parse(readFileSync(join(repo.folder, recorded[0]!), 'utf8')) as GateRecord;
    expect(record).toMatchObject({ verdict: 'PASS', class: 'mini-arm', wave: 'canary' });
    // Every device of the inventory counts, and requests are those of ten minutes.
    const row = record.evidence.find(({ slice }) => slice === 'p000.01')!;
    expect(row).toMatchObject({ assigned: 40, reported: 40, overdue: 0 });
    expect((row.ok + row.bad) / (40 * 100)).toBeCloseTo(1, 1);
    expect(row.bad).toBeGreaterThan(0);

    const unknown = await run(repo.folder, ['gate', 'hello', '--wave', 'canry', '--prometheus', hub.url]);
    expect(unknown).toMatchObject({ status: 2, stdout: '' });
    expect(unknown.stderr).toContain('error[WAVE_UNKNOWN]');
  });

  test.each<[string, Behaviour, RegExp]>([
    [
      'a reported fault',
      { failing: ({ isNew, index }) => (isNew && index % 2 === 0 ? 10 : 0) },
      /inference errors/,
    ],
    [
      'a silent fault',
      { ...USUAL, silent: ({ isNew, index }, agoMs) => isNew && index % 2 === 0 && agoMs < 35 * 60_000 },
      /inference overdue/,
    ],
    [
      'a fault in one class only',
      {
        failing: ({ isNew, index, class: name }) =>
          isNew && name === 'mini-arm' && index % 2 === 0 ? 10 : 0,
      },
      /class mini-arm: inference errors/,
    ],
  ])('%s fails', async (_what, behaviour, reason) => {
    const ran = await judge(behaviour);
    expect(ran).toMatchObject({
      status: 1,
      stderr: '',
      verdict: 'FAIL',
      reason: expect.stringMatching(reason),
    });
  });

  /** What an agent sends of itself; trouble befalls half of the new release's devices. */
  const telling = (kind: 'slow' | 'large' | 'restarted' | 'well'): Behaviour => ({
    ...USUAL,
    change(series, { isNew, index }) {
      const { __name__: name, status, ...who } = series.labels;
      if (name === 'up') return [series];
      const hit = isNew && index % 2 === 0;
      const counted =
        hit && kind === 'restarted'
          ? {
              ...series,
              samples: series.samples.map(
                ([time, value], at, all) => [time, at < 90 ? value : value - all[90]![1]] as const,
              ),
            }
          : series;
      if (status !== 'OK') return [counted];
      const gauge = {
        labels: { __name__: 'process_resident_memory_bytes', ...who },
        samples: series.samples.map(
          ([time]) => [time, (hit && kind === 'large' ? 630 : 300) * 2 ** 20] as const,
        ),
      };
      const buckets = ['1000', '2000', '+Inf'].map((le) => ({
        labels: { __name__: ':tensorflow:serving:request_latency_bucket', le, ...who },
        samples: series.samples.map(
          ([time, value]) => [time, hit && kind === 'slow' && le === '1000' ? 0 : value] as const,
        ),
      }));
      return [counted, gauge, ...buckets];
    },
  });
  test.each<[string, Behaviour, 'PASS' | 'FAIL' | 'INSUFFICIENT', RegExp]>([
    ['servers that are well', telling('well'), 'PASS', /^/],
    ['servers that became slow', telling('slow'), 'FAIL', /inference slow: 20 of 40 devices, 0 of 80/],
    ['servers near their memory limit', telling('large'), 'FAIL', /inference nearMemoryLimit: 20 of 40/],
    ['servers that restart', telling('restarted'), 'FAIL', /inference restarted: 20 of 40/],
    ['servers that do not tell', USUAL, 'INSUFFICIENT', /nearMemoryLimit: not observed in every slice/],
  ])('%s: what is asked beside requests decides too', async (_what, behaviour, verdict, reason) => {
    const ran = await judge(behaviour, { trouble: true });
    expect(ran).toMatchObject({ verdict, stderr: '', reason: expect.stringMatching(reason) });
  });

  test.each<[string, Behaviour, RegExp]>([
    [
      'a hub that was down in the middle',
      { ...USUAL, silent: (_device, agoMs) => agoMs > 10 * 60_000 && agoMs < 25 * 60_000 },
      /watched together for less than 30m/,
    ],
    [
      'a hub that hears nothing any more',
      { ...USUAL, silent: (_device, agoMs) => agoMs < 15 * 60_000 },
      /watched together/,
    ],
    ['no series at all', { silent: () => true }, /80 of 80 devices of the control do not answer/],
    [
      'a wave that still runs the version before',
      {
        ...USUAL,
        change: (series, { isNew, class: name }) => [
          isNew ? { ...series, labels: { ...series.labels, version: settledOf(name) } } : series,
        ],
      },
      /neither run the release nor are overdue/,
    ],
    [
      'a version that no release names',
      {
        ...USUAL,
        change: (series) => [{ ...series, labels: { ...series.labels, version: 'v000000000000' } }],
      },
      /80 of 80 devices of the control do not answer with the settled release/,
    ],
    [
      'a wave that has been watched for too short a time',
      { ...USUAL, silent: ({ isNew }, agoMs) => isNew && agoMs > 20 * 60_000 },
      /watched together for less than 30m/,
    ],
  ])('%s does not suffice', async (_what, behaviour, reason) => {
    const ran = await judge(behaviour);
    expect(ran).toMatchObject({ status: 4, verdict: 'INSUFFICIENT', reason: expect.stringMatching(reason) });
  });

  const relabelled = (labels: Readonly<Record<string, string>>): Behaviour => ({
    ...USUAL,
    change: (series, { index }) => [
      index === 7 ? { ...series, labels: { ...series.labels, ...labels } } : series,
    ],
  });
  const counting = (change: (value: number) => number): Behaviour => ({
    ...USUAL,
    change: (series, { index }) => [
      index === 7 && series.labels['__name__'] !== 'up'
        ? { ...series, samples: series.samples.map(([time, value]) => [time, change(value)] as const) }
        : series,
    ],
  });
  test.each<[string, Behaviour, RegExp]>([
    [
      'a duplicate, as of two receivers',
      {
        ...USUAL,
        change: (series, { index }) =>
          index === 7 ? [series, { ...series, labels: { ...series.labels, replica: 'b' } }] : [series],
      },
      /series are sent twice, such as \{class="mini-/,
    ],
    ['a class that does not exist', relabelled({ class: 'mini' }), /of class "mini" and slice "p/],
    [
      'a slice that does not exist',
      relabelled({ slice: 'p000.03' }),
      /slice "p000.03", which plan.json does not have/,
    ],
    ['no slice', relabelled({ slice: '' }), /slice "", which plan.json does not have/],
    [
      'a device without a name',
      relabelled({ device: '' }),
      /do not say of which cluster and device they are/,
    ],
    ['counters below nothing', counting((value) => -value), /count less than nothing/],
    ['counters that are no number', counting(() => Number.NaN), /are not a number/],
    [
      'a device in two slices',
      {
        ...USUAL,
        change: (series, { index, isNew }) =>
          index === 7 && isNew
            ? [series, { ...series, labels: { ...series.labels, slice: 'p100.00' } }]
            : [series],
      },
      /are of two classes or two slices/,
    ],
  ])('%s is an error', async (_what, behaviour, reason) => {
    const ran = await judge(behaviour);
    expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^error\[EVIDENCE\]: .*\n  fix: /);
    expect(ran.stderr).toMatch(reason);
  });

  test('errors count from the first one, for which the server has no series before it', async () => {
    const repo = await twoClassFleet();
    const hub = await hubWith(repo, {
      change: (series, { isNew, index }) =>
        series.labels['status'] === 'OK' && isNew && index < 20
          ? [
              series,
              {
                labels: { ...series.labels, status: 'Internal' },
                samples: series.samples.slice(-4).map(([time]) => [time, 30] as const),
              },
            ]
          : [series],
    });
    const ran = await ask(repo, hub.url, '--format', 'json');
    expect(ran.status).toBe(1);
    const { classes } = JSON.parse(ran.stdout) as Decision;
    // 20 of 40 devices fail 30 of 130 requests, the others none of 100.
    expect(classes[0]!.tests[0]!.reason).toMatch(/^1[234][.0-9]* % of requests failed, 0 % in the control/);
  });

  test('a restarted server does not count backwards', async () => {
    const repo = await twoClassFleet();
    const hub = await hubWith(repo, {
      ...USUAL,
      change: (series) => [
        series.labels['__name__'] === 'up'
          ? series
          : {
              ...series,
              samples: series.samples.map(
                ([time, value], index, all) => [time, index < 90 ? value : value - all[90]![1]] as const,
              ),
            },
      ],
    });
    expect(await ask(repo, hub.url)).toMatchObject({ status: 0, stderr: '' });
  });
});
