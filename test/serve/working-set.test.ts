import { expect, test } from 'vitest';
import { ServerMetrics } from '../../src/model/serve/metrics.ts';
import { workingSet } from '../../src/model/serve/working-set.ts';
import { project } from '../project.ts';

test.each([
  ['two', { 'memory.current': '5000\n', 'memory.stat': 'anon 3000\ninactive_file 1200\nactive_file 800\n' }],
  [
    'one',
    {
      'memory/memory.usage_in_bytes': '5000\n',
      'memory/memory.stat': 'inactive_file 7\ntotal_inactive_file 1200\n',
    },
  ],
])('in control groups of version %s it is what is held less files that can be dropped', (_version, files) => {
  expect(workingSet(project(files))).toBe(3800);
});

test.each([
  ['no control groups', {}],
  ['no statistics', { 'memory.current': '5000\n' }],
  ['no number', { 'memory.current': 'max\n', 'memory.stat': 'inactive_file 1\n' }],
])('with %s nothing is said of it', (_what, files) => {
  expect(workingSet(project(files))).toBeUndefined();
});

test('it stands among the metrics where it is known', () => {
  const metrics = new ServerMetrics('digits');
  expect(metrics.text(3800)).toContain(
    '# TYPE container_memory_working_set_bytes gauge\ncontainer_memory_working_set_bytes 3800\n',
  );
  expect(metrics.text(undefined)).not.toContain('container_memory');
  expect(metrics.text(undefined).endsWith('\n')).toBe(true);
});
