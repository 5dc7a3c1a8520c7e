import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { helloFiles, repository } from './repository.ts';
import { run } from './run.ts';

const ids = (text: string): string => {
  const names = [...new Set(text.match(/\b[rv][0-9a-f]{12}\b/g))];
  return names.reduce((rest, id, index) => rest.replaceAll(id, `<id ${index + 1}>`), text);
};

const withCsv = (rows: readonly string[]): Record<string, string> => {
  const files = helloFiles();
  return {
    ...files,
    'fleets/hello.ts': files['fleets/hello.ts']!.replace(
      /inventory: \[[^\]]*\]/,
      "inventory: csv('inventory/hello.csv')",
    )
      .replace('  defineFleet,', '  csv,\n  defineFleet,')
      // The last wave of named clusters holds a few more than half of the devices.
      .replace('maxHarmedDevices: 500', 'maxHarmedDevices: 600'),
    'fleets/inventory/hello.csv': `cluster,class,region,devices,slice\n${rows.join('\n')}\n`,
  };
};

test('diff shows by wave what an edit changes, on how many devices, and every field', async () => {
  const repo = repository();
  await run(repo.folder, ['synth']);
  repo.commit('2026-01-01T00:00:00Z');
  expect(await run(repo.folder, ['diff'])).toEqual({ status: 0, stdout: 'hello: unchanged\n', stderr: '' });

  const file = join(repo.folder, 'fleets/hello.ts');
  writeFileSync(file, readFileSync(file, 'utf8').replace("memory: '512Mi'", "memory: '640Mi'"));
  const { status, stdout } = await run(repo.folder, ['diff']);
  expect(status).toBe(1);
  expect(ids(stdout)).toMatchInlineSnapshot(`
    "hello
      wave    class    when           release                         clusters  devices  restarted
      canary  mini-pc  now            <id 1> -> <id 2>       100      100        100
      half    mini-pc  once promoted  <id 1> -> <id 2>       400      400        400
      rest    mini-pc  once promoted  <id 1> -> <id 2>       500      500        500

      class mini-pc, <id 1> -> <id 2>: 1 configured, 9 unchanged
        workload inference: restarted, unavailable on a device for up to 1 min
        configured DaemonSet/hello/inference
          /spec/template/metadata/labels/breakwater.dev~1version: "<id 3>" -> "<id 4>"
          /spec/template/spec/containers/0/resources/limits/memory: "512Mi" -> "640Mi"
          /spec/template/spec/containers/0/resources/requests/memory: "512Mi" -> "640Mi"
    "
  `);

  await run(repo.folder, ['synth']);
  repo.commit('2026-01-02T00:00:00Z');
  expect((await run(repo.folder, ['diff'])).status).toBe(0);
  const committed = await run(repo.folder, ['diff', '--against', 'HEAD~1', '--format', 'markdown']);
  expect(committed.status).toBe(1);
  expect(ids(committed.stdout)).toMatchInlineSnapshot(`
    "### hello: 100 devices change now

    | wave | class | when | release | clusters | devices | restarted |
    | --- | --- | --- | --- | ---: | ---: | ---: |
    | canary | mini-pc | now | <id 1> -> <id 2> | 100 | 100 | 100 |
    | half | mini-pc | once promoted | <id 1> -> <id 2> | 400 | 400 | 400 |
    | rest | mini-pc | once promoted | <id 1> -> <id 2> | 500 | 500 | 500 |

    <details><summary>class mini-pc, <id 1> to <id 2>: 1 configured, 9 unchanged</summary>

    - workload inference: restarted, unavailable on a device for up to 1 min

    \`\`\`
    configured DaemonSet/hello/inference
      /spec/template/metadata/labels/breakwater.dev~1version: "<id 3>" -> "<id 4>"
      /spec/template/spec/containers/0/resources/limits/memory: "512Mi" -> "640Mi"
      /spec/template/spec/containers/0/resources/requests/memory: "512Mi" -> "640Mi"
    \`\`\`

    </details>
    "
  `);
  const { fleets } = JSON.parse(
    (await run(repo.folder, ['diff', 'hello', '--against', 'HEAD~1', '--format', 'json'])).stdout,
  ) as { fleets: [{ waves: object[] }] };
  expect(fleets[0].waves.length).toBe(3);
});

test('diff lists clusters that were told what is true no longer', async () => {
  const names = Array.from({ length: 1000 }, (_, index) => `c${index}`);
  const repo = repository(withCsv(names.map((name) => `${name},mini-pc,north,1,`)));
  expect(await run(repo.folder, ['synth'])).toMatchObject({ status: 0 });
  repo.commit('2026-01-01T00:00:00Z');
  const file = join(repo.folder, 'fleets/inventory/hello.csv');
  const moved = readFileSync(file, 'utf8')
    .replace('c7,mini-pc,north,1,', 'c7,mini-pc,north,1,p000.01')
    .replace('c8,mini-pc,north,1,', 'c8,mini-pc,south,1,')
    .replace('c9,mini-pc', 'c1000,mini-pc');
  writeFileSync(file, moved);
  const { status, stdout } = await run(repo.folder, ['diff']);
  expect(status).toBe(1);
  expect(stdout).toMatchInlineSnapshot(`
    "hello

      2 clusters must be bootstrapped again: c7 (slice p060.00 -> p000.01), c8 (region north -> south)
      1 cluster must be bootstrapped: new in the inventory: c1000
      1 cluster gone from the inventory: they go on with what their pointer says: c9
    "
  `);
});
