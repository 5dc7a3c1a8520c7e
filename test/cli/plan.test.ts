import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { project } from '../project.ts';
import { helloFiles } from './repository.ts';
import { run } from './run.ts';

const ids = (text: string): string => {
  const names = [...new Set(text.match(/\br[0-9a-f]{12}\b/g))];
  return names.reduce((rest, id, index) => rest.replaceAll(id, `<release ${index + 1}>`), text);
};

test('plan shows each wave with its devices, times and bytes, and what the next synth does to devices', async () => {
  const folder = project(helloFiles());
  await run(folder, ['synth']);
  const file = join(folder, 'fleets/hello.ts');
  writeFileSync(file, readFileSync(file, 'utf8').replace("memory: '512Mi'", "memory: '640Mi'"));
  const { status, stdout, stderr } = await run(folder, ['plan']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  // What one cluster fetches depends on every byte of the release.
  const told = stdout.replace(/at least .* together/, 'at least <bytes>');
  expect(ids(told)).toMatchInlineSnapshot(`
    "hello fleets/hello.ts
      1,000 clusters, 1,000 devices (expected: the inventory has counts, no names)

      wave    up to          clusters           devices  soak         moved after  done after  over uplinks  slowest class  exposed
      canary   10 %   100 (82 to 119)   100 (82 to 119)   24h             at once        24 h      > 1.3 GB  > 5 s mini-pc      100
      half     50 %  400 (370 to 430)  400 (370 to 430)   24h                24 h         2 d      > 5.0 GB  > 5 s mini-pc      500
      rest    100 %  500 (469 to 531)  500 (469 to 531)  none  2 d 1 h in 2 parts     2 d 1 h      > 6.3 GB  > 5 s mini-pc    1,000

      class mini-pc: <release 1> -> <release 2> on 100 devices by the next synth, on 900 once promoted: workload inference: restarted, unavailable on a device for up to 1 min
      source: 1,000 clusters ask https://git.example.com/fleets.git every 10m: 1.7 requests per second (it answers 50)
      source: each commit is cloned by every cluster: at least <bytes>
      rollback: reaches every online cluster within 16 min (11 min with kustomize-controller's CancelHealthCheckOnNewRevision: no health check is waited for)
      exposed: the devices that may run a bad release meanwhile; where none of its pods becomes ready, 100 (canary), 500 (half), 1,000 (rest)
      gate: people look at each wave and decide, no evidence is judged: a promotion checks soak, freeze and budget alone
      class mini-pc: a cluster updates at most 2 devices at a time; 1,000 of 1,000 clusters update all their devices at once
      class mini-pc: a device pulls 13 MB when nothing is cached, and 2 images whose size fleets/images.lock.json does not know

      asked of the delivery                                         flux                     argocd                                breakwater                                  lost
      3 waves by share of the clusters                              -                        -                                     slices, and pointers in Git                 -
      soak: 24h (canary), 24h (half)                                -                        -                                     promote, from the commit times of pointers  -
      people decide on each wave                                    -                        -                                     promote, when somebody runs it              -
      go back from a bad release                                    -                        -                                     rollback: one commit                        -
      run exactly one release                                       by pointer               by pointer                            -                                           -
      follow a moved pointer                                        a child Kustomization    the second source of the Application  -                                           -
      tell pods which cluster they are in                           substitution             a patch of the Application            bootstrap                                   -
      never delete the namespace, nor what runs when delivery ends  prune: disabled, Orphan  Prune=false, no finalizer             -                                           -
      clusters that are off catch up                                each pulls               tried again and again                 -                                           -
      healthy with up to 1 % of devices off                         health expressions       -                                     -                                           -
    "
  `);
});

test('plan --format json holds the plan and what follows from it', async () => {
  const folder = project(helloFiles());
  const { stdout } = await run(folder, ['plan', '--format', 'json']);
  const { schemaVersion, fleets } = JSON.parse(stdout) as {
    schemaVersion: number;
    fleets: [{ plan: { fleet: string }; schedule: object[]; exposure: object[]; transfers: object[] }];
  };
  expect([schemaVersion, fleets[0].plan.fleet]).toEqual([1, 'hello']);
  expect([fleets[0].schedule, fleets[0].exposure, fleets[0].transfers].map(({ length }) => length)).toEqual([
    3, 3, 3,
  ]);
});

test('no fleets at all is an error that names where they were looked for', async () => {
  const folder = project({});
  const { status, stdout, stderr } = await run(folder, ['plan']);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr.replace(folder, '<folder>')).toMatchInlineSnapshot(`
    "error[FLEET_NONE]: no fleet definitions in <folder>/fleets
      fix: write fleets/NAME.ts, or run breakwater init
    "
  `);
});

test('a fleet that is not there is an error that suggests one that is', async () => {
  const folder = project(helloFiles());
  const { status, stderr } = await run(folder, ['validate', 'helo']);
  expect(status).toBe(2);
  expect(stderr).toMatchInlineSnapshot(`
    "error[FLEET_UNKNOWN]: there is no fleet "helo"
      fix: did you mean hello?
    "
  `);
});

test('status before anything was generated says what to run', async () => {
  const folder = project(helloFiles());
  const { status, stderr } = await run(folder, ['status']);
  expect(status).toBe(2);
  expect(stderr.replace(folder, '<folder>')).toMatchInlineSnapshot(`
    "error[FLEET_NONE]: nothing was generated in <folder>/generated
      fix: run breakwater synth
    "
  `);
});

test('a rule that does not exist is an error that suggests one that does', async () => {
  const { status, stderr } = await run(project({}), ['explain', 'image-diget']);
  expect(status).toBe(2);
  expect(stderr).toMatchInlineSnapshot(`
    "error[RULE_UNKNOWN]: no rule and no gate is called "image-diget"
      fix: write image-digest, or see breakwater rules
    "
  `);
});

test('explain prints a rule with its examples; rules lists it; schema prints JSON', async () => {
  const folder = project({});
  const explained = await run(folder, ['explain', 'image-digest']);
  expect(explained.stdout).toContain('image-digest (error, on objects, since 0.1.0)\n');
  expect((await run(folder, ['rules'])).stdout).toContain('\nimage-digest ');
  const { rules } = JSON.parse((await run(folder, ['rules', '--format', 'json'])).stdout) as {
    rules: { id: string }[];
  };
  expect(rules.map(({ id }) => id)).toContain('image-digest');
  expect(JSON.parse((await run(folder, ['schema', 'plan'])).stdout)).toHaveProperty('$schema');
});

test('bootstrap tells a cluster who it is; notes go to stderr', async () => {
  const folder = project(helloFiles());
  const { status, stdout, stderr } = await run(folder, ['bootstrap', 'hello', '--cluster', '0042']);
  expect(status).toBe(0);
  expect(stdout).toContain('  cluster: "0042"\n');
  expect(stdout).toContain('  path: ./generated/hello/slices/p');
  expect(stderr).toContain('cluster 0042: class mini-pc, region north, slice p');
  const wrong = await run(folder, ['bootstrap', 'hello', '--cluster', '0042', '--class', 'n100']);
  expect(wrong.stderr).toMatchInlineSnapshot(`
    "error[CLASS_UNKNOWN]: fleet hello has no class "n100"
      fix: the classes are mini-pc
    "
  `);
});

test('bugs of ours are told with their stack and exit 3', async () => {
  const bug = await run(project({}), ['rules'], {
    stdout: () => {
      throw new Error('no screen');
    },
  });
  expect(bug.status).toBe(3);
  expect(bug.stderr).toContain('Error: no screen\n');
  expect(bug.stderr).toContain('error: this is a bug in breakwater ');
});

test('validate takes YAML and a fleet at once, and --fail-on decides what fails', async () => {
  const pod = readFileSync(new URL('../fixtures/naive-pod.yaml', import.meta.url), 'utf8');
  const folder = project({ ...helloFiles(), 'pod.yaml': pod });
  const both = await run(folder, ['validate', 'hello', 'pod.yaml', '--format', 'json']);
  expect(both.status).toBe(1);
  const { counts } = JSON.parse(both.stdout) as { counts: { fleets: number; errors: number } };
  expect(counts.fleets).toBe(1);
  expect(counts.errors).toBeGreaterThan(2);
  expect((await run(folder, ['validate', 'hello'])).status).toBe(0);
});
