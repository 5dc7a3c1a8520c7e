import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  besideOf,
  foldersAbove,
  isOurFile,
  isOurFolder,
  pointerClass,
  releaseFile,
} from '../../src/output/layout.ts';
import { formatPlan, parsePlan, planFile } from '../../src/output/plan-file.ts';
import { made } from './example-release.ts';
import { MemoryDisk } from './memory-file-system.ts';
import { after, synth } from './verbs.ts';

const start = '/repository/generated/example/';

test('every file and folder that synth writes is ours by its path', () => {
  const disk = after(new MemoryDisk(), synth({ n100: 1, orin: 2 }));
  const paths = [...disk.entries.keys()]
    .filter((path) => path.startsWith(start))
    .map((path) => path.slice(start.length));
  const isFile = (path: string): boolean => disk.entries.get(start + path) !== null;
  expect(paths.filter((path) => !(isFile(path) ? isOurFile(path) : isOurFolder(path)))).toEqual([]);
  expect(paths.filter((path) => (isFile(path) ? isOurFolder(path) : isOurFile(path)))).toEqual([]);
});

test.each([
  'readme.md',
  'README.md.orig',
  'plan.json/x',
  'slices/p1.00/n100/kustomization.yaml',
  'slices/p001.00/N100/kustomization.yaml',
  'slices/p001.00/n100/release/patch.yaml',
  'releases/n100/r123/release.json',
  'releases/n100/r0123456789ab/kustomization.yaml',
  'releases/n100/r0123456789ab/objects/notes.txt',
  'releases/n100/r0123456789ab/objects/deeper/x.yaml',
  'releases/n100/r0123456789ab/config/app/x.yaml',
  'monitoring/notes.yaml',
])('%s is not ours', (path) => {
  expect(isOurFile(path)).toBe(false);
});

test('paths are taken apart as they were put together', () => {
  expect(pointerClass('slices/p001.00/n100/release/kustomization.yaml')).toBe('n100');
  expect(pointerClass('releases/n100/r0123456789ab/frame/kustomization.yaml')).toBeUndefined();
  expect(releaseFile('releases/n100/r0123456789ab/objects/x.yaml')).toEqual({
    class: 'n100',
    release: 'r0123456789ab',
    path: 'objects/x.yaml',
  });
  expect(foldersAbove('a/b/c')).toEqual(['a/b', 'a']);
  expect(besideOf('/a/b.yaml')).toBe('/a/.breakwater-tmp-b.yaml');
});

test('plan.json reads back as it was written, and its lines are short', () => {
  const { plan, releases } = made({ n100: 1, orin: 2 });
  const text = formatPlan(planFile(plan, releases));
  expect(parsePlan(text, 'plan.json')).toEqual(planFile(plan, releases));
  expect(formatPlan(parsePlan(text, 'plan.json'))).toBe(text);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(112);
});

test('whatever a plan holds, its text is JSON that says the same', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const salt = value as string; // any value will do where nothing reads it
      const plan = { ...planFile(made({ n100: 1 }).plan, {}), salt };
      expect(JSON.parse(formatPlan(plan))).toEqual(JSON.parse(JSON.stringify(plan)));
    }),
  );
});
