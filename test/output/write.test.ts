import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { promoteFleet, retryFleet, rollBackFleet } from '../../src/output/move.ts';
import { compareFleets, writeFleets, type SynthRequest, type Synthesized } from '../../src/output/synth.ts';
import { made, release, request } from './example-release.ts';
import { MemoryDisk } from './memory-file-system.ts';

const HOUR = 3_600_000;
const due = { lastMove: (): number => 0, nowMs: 1000 * HOUR };
const rollBackOptions = { reason: 'errors', breakwater: '0.1.0' };

const folder = (): string => {
  const root = mkdtempSync(join(tmpdir(), 'breakwater-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  return root;
};

test('on a real folder: synth, edit, promote, roll back, retry, and check is clean after each', () => {
  const root = folder();
  const at = (fleet: Synthesized): SynthRequest => ({ root, fleets: [fleet], breakwater: '0.1.0' });
  const changed = (fleet: Synthesized): readonly unknown[] =>
    compareFleets(at(fleet)).flatMap(({ changes }) => changes);
  const runs = (slice: string): string =>
    /r[0-9a-f]{12}/.exec(
      readFileSync(`${root}/generated/example/slices/${slice}/n100/kustomization.yaml`, 'utf8'),
    )![0];

  writeFleets(at(made({ n100: 1 })));
  expect(changed(made({ n100: 1 }))).toEqual([]);
  expect(runs('p100.00')).toBe(release(1).id);

  writeFleets(at(made({ n100: 2 })));
  expect(changed(made({ n100: 2 }))).toEqual([]);
  expect([runs('p000.01'), runs('p100.00')]).toEqual([release(2).id, release(1).id]);

  promoteFleet({ root, fleet: 'example', ...due });
  expect(runs('p010.00')).toBe(release(2).id);
  expect(changed(made({ n100: 2 }))).toEqual([]);

  rollBackFleet({ root, fleet: 'example', ...rollBackOptions });
  expect(runs('p000.01')).toBe(release(1).id);
  expect(changed(made({ n100: 2 }))).toEqual([]);

  retryFleet({ root, fleet: 'example', release: release(2).id, breakwater: '0.1.0' });
  expect(runs('p000.01')).toBe(release(2).id);
  expect(changed(made({ n100: 2 }))).toEqual([]);
});

test('synth twice changes nothing the second time', () => {
  const disk = new MemoryDisk();
  const fs = disk.fileSystem();
  writeFleets(request(fs, made({ n100: 1, orin: 2 })));
  const first = disk.snapshot();
  disk.calls.length = 0;
  expect(writeFleets(request(fs, made({ n100: 1, orin: 2 })))[0]!.changes).toEqual([]);
  expect(disk.snapshot()).toEqual(first);
  // The lock is taken and given back, and that is all.
  expect(disk.calls.map(([name]) => name)).toEqual(['makeFolder', 'write', 'removeFile']);
});
