import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { filesAt } from '../../src/cli/git.ts';
import { sideOf, sideOfFiles, sideToBe } from '../../src/output/diff-sides.ts';
import { diffFleet, type DiffSide } from '../../src/output/fleet-diff.ts';
import { movedClusters, rowsOfText } from '../../src/output/moved-clusters.ts';
import { nodeFileSystem } from '../../src/output/node-file-system.ts';
import { diffFields, diffObjects, objectsOf, type FieldChange } from '../../src/output/object-diff.ts';
import { openFleet } from '../../src/output/open.ts';
import { workloadChanges } from '../../src/output/restart.ts';
import { compareFleets, writeFleets } from '../../src/output/synth.ts';
import { made, release, request } from './example-release.ts';
import { MemoryDisk } from './memory-file-system.ts';
import { after, promote, rollBack, synth, type Numbers } from './verbs.ts';

const first = after(new MemoryDisk(), synth({ n100: 1 }));
const edited = after(first, synth({ n100: 2 }));

const onDisk = (disk: MemoryDisk): DiffSide => sideOf(openFleet(disk.fileSystem(), '/repository', 'example'));

/** What `diff` compares without a reference: the disk, and what synth would leave. */
function withDefinition(disk: MemoryDisk, numbers: Numbers): DiffSide {
  const fleet = made(numbers);
  const [outcome] = compareFleets(request(disk.fileSystem(), fleet));
  return sideToBe(openFleet(disk.fileSystem(), '/repository', 'example'), {
    plan: outcome!.plan,
    state: outcome!.placement.state,
    releases: fleet.releases,
  });
}

/** One line for each wave that something happens to. */
const told = (before: DiffSide, after: DiffSide): readonly string[] =>
  diffFleet(before, after).waves.map(
    ({ wave, class: name, when, from, to, slices, devices, devicesRestarted }) =>
      `${wave} ${name} ${when}: ${numberOf(from)} -> ${numberOf(to)}, ${slices.length} slices, ${devices} devices, ${devicesRestarted} restarted`,
  );
const numberOf = (id: string | null): string =>
  id === null ? 'none' : String([1, 2, 3].find((number) => release(number).id === id));

test('an edit is told for the first wave now and for the others once they are promoted', () => {
  expect(told(onDisk(first), withDefinition(first, { n100: 2 }))).toEqual([
    'canary n100 now: 1 -> 2, 4 slices, 10 devices, 10 restarted',
    'early n100 promoted: 1 -> 2, 7 slices, 990 devices, 990 restarted',
    'rest n100 promoted: 1 -> 2, 18 slices, 9000 devices, 9000 restarted',
  ]);
});

test('where nothing was edited, nothing is told but what waits for its promotion', () => {
  expect(told(onDisk(first), withDefinition(first, { n100: 1 }))).toEqual([]);
  expect(told(onDisk(edited), withDefinition(edited, { n100: 2 }))).toEqual([
    'early n100 promoted: 1 -> 2, 7 slices, 990 devices, 990 restarted',
    'rest n100 promoted: 1 -> 2, 18 slices, 9000 devices, 9000 restarted',
  ]);
});

test('a promotion and a rollback are told by the slices that they move', () => {
  const promoted = after(edited, promote);
  expect(told(onDisk(edited), onDisk(promoted))).toEqual([
    'early n100 now: 1 -> 2, 7 slices, 990 devices, 990 restarted',
    'rest n100 promoted: 1 -> 2, 18 slices, 9000 devices, 9000 restarted',
  ]);
  // What was rejected is not promised any more.
  expect(told(onDisk(promoted), onDisk(after(promoted, rollBack)))).toEqual([
    'canary n100 now: 2 -> 1, 4 slices, 10 devices, 10 restarted',
    'early n100 now: 2 -> 1, 7 slices, 990 devices, 990 restarted',
  ]);
});

test('a class that is new, one that is gone and one that is renamed are told as what they are', () => {
  const both = after(first, synth({ n100: 1, orin: 3 }));
  expect(told(onDisk(first), onDisk(both))[0]).toBe(
    'canary orin now: none -> 3, 4 slices, 10 devices, 0 restarted',
  );
  expect(told(onDisk(both), onDisk(first))[0]).toBe(
    'canary orin now: 3 -> none, 4 slices, 10 devices, 0 restarted',
  );
  expect(told(onDisk(first), onDisk(after(first, synth({ board: 1 }, { board: 'n100' }))))).toEqual([]);
});

test('objects are told field by field, config under its old and its new name', () => {
  const [diff] = diffFleet(onDisk(first), withDefinition(first, { n100: 2 })).releases;
  expect(diff!.counts).toEqual({ created: 0, configured: 2, unchanged: 1, deleted: 0 });
  expect(diff!.objects.filter(({ change }) => change === 'configured')).toMatchInlineSnapshot(`
    [
      {
        "change": "configured",
        "fields": [
          {
            "after": "app-settings-c000000000002",
            "before": "app-settings-c000000000001",
            "path": "/metadata/name",
          },
        ],
        "file": "config/app-c000000000002/configmap-settings.yaml",
        "object": "ConfigMap/app-settings-c000000000002",
      },
      {
        "change": "configured",
        "fields": [
          {
            "after": "v000000000002",
            "before": "v000000000001",
            "path": "/spec/template/metadata/labels/breakwater.dev~1version",
          },
          {
            "after": "registry.example.com/app:2",
            "before": "registry.example.com/app:1",
            "path": "/spec/template/spec/containers/0/image",
          },
          {
            "after": "app-settings-c000000000002",
            "before": "app-settings-c000000000001",
            "path": "/spec/template/spec/volumes/0/configMap/name",
          },
        ],
        "file": "objects/daemonset-app.yaml",
        "object": "DaemonSet/example/app",
      },
    ]
  `);
  expect(diff!.workloads).toMatchInlineSnapshot(`
    [
      {
        "change": "restarted",
        "pulls": [
          "registry.example.com/app:2",
        ],
        "unavailableSeconds": 30,
        "workload": "app",
      },
    ]
  `);
});

const fields = (before: unknown, after: unknown): readonly FieldChange[] => [
  ...diffFields(before, after, ''),
];

const containers = (...names: readonly string[]): object => ({
  containers: names.map((name) => ({ name, image: `${name}:1`, args: ['a'] })),
});

test('containers are compared by name, mounts by path, other lists by place', () => {
  expect(fields(containers('server', 'agent'), containers('agent', 'server'))).toEqual([]);
  expect(fields(containers('server'), containers('agent', 'server'))).toEqual([
    { path: '/containers/0', after: { name: 'agent', image: 'agent:1', args: ['a'] } },
  ]);
  expect(fields({ args: ['a', 'b'] }, { args: ['a', 'c', 'd'] })).toEqual([
    { path: '/args/1', before: 'b', after: 'c' },
    { path: '/args/2', after: 'd' },
  ]);
});

test('a field that goes, one that is false and a key with a slash are told exactly', () => {
  expect(fields({ a: null, b: false }, { b: null })).toEqual([
    { path: '/a', before: null },
    { path: '/b', before: false, after: null },
  ]);
  expect(fields({ 'a/b~c': 1 }, { 'a/b~c': 2 })).toEqual([{ path: '/a~1b~0c', before: 1, after: 2 }]);
});

const ingress = (apiVersion: string): ReadonlyMap<string, string> =>
  new Map([['objects/x.yaml', `{ apiVersion: ${apiVersion}, kind: Ingress, metadata: { name: x } }`]]);

test('objects of one kind and name in two API groups are two objects', () => {
  const diff = diffObjects(
    objectsOf(ingress('extensions/v1beta1')),
    objectsOf(ingress('networking.k8s.io/v1')),
  );
  expect(diff.map(({ object, change }) => `${object} ${change}`)).toEqual([
    'Ingress/x created',
    'Ingress/x deleted',
  ]);
});

/** A DaemonSet whose pods have a version, with fields of its pod's specification as JSON. */
const daemonSet = (version: string, spec: object, update: object = {}): ReturnType<typeof release> => ({
  ...release(1),
  versions: { app: version },
  files: new Map([
    [
      'objects/daemonset-app.yaml',
      JSON.stringify({
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: { name: 'app' },
        spec: {
          updateStrategy: { rollingUpdate: update },
          template: { metadata: { labels: { 'breakwater.dev/version': version } }, spec },
        },
      }),
    ],
  ]),
});
const server = {
  name: 'server',
  image: 'server:1',
  startupProbe: { periodSeconds: 5, failureThreshold: 13 },
};

test('a restart takes the grace of the old pod and what probes give the new one; images that are new are pulled', () => {
  const before = daemonSet('v1', { terminationGracePeriodSeconds: 20, containers: [server] });
  const spec = {
    terminationGracePeriodSeconds: 99,
    containers: [server, { name: 'agent', image: 'agent:2' }],
  };
  expect(workloadChanges(before, daemonSet('v2', spec))).toEqual([
    { workload: 'app', change: 'restarted', unavailableSeconds: 20 + 5 * 13, pulls: ['agent:2'] },
  ]);
  expect(workloadChanges(before, daemonSet('v2', spec, { maxSurge: 1 }))).toMatchObject([
    { unavailableSeconds: 0 },
  ]);
  expect(workloadChanges(before, before)).toEqual([{ workload: 'app', change: 'unchanged' }]);
});

test('clusters that were told what is true no longer must be bootstrapped again', () => {
  const before = rowsOfText(
    'cluster,class,region,devices,slice\na,n100,north,1,\nb,n100,north,1,p000.01\nc,n100,north,1,\nd,n100,north,9,\n',
  );
  const now = rowsOfText(
    'cluster,class,region,devices,slice\r\na,orin,north,1,\r\nb,n100,north,1,p100.00\r\nd,n100,north,1,\r\ne,n100,north,1,\r\n',
  );
  expect(movedClusters({ salt: 's', rows: before }, { salt: 's', rows: now })).toEqual({
    again: [
      { cluster: 'a', changed: [{ what: 'class', before: 'n100', after: 'orin' }] },
      { cluster: 'b', changed: [{ what: 'slice', before: 'p000.01', after: 'p100.00' }] },
    ],
    added: ['e'],
    removed: ['c'],
  });
});

test('another salt moves nearly every cluster', () => {
  const rows = Array.from({ length: 1000 }, (_, index) => ({
    cluster: `c${index}`,
    class: 'n100',
    region: 'r',
  }));
  const { again } = movedClusters({ salt: 'a', rows }, { salt: 'b', rows });
  expect(again.length).toBeGreaterThan(900);
});

test('a commit is compared with the folder that it became', () => {
  const root = mkdtempSync(join(tmpdir(), 'breakwater-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const git = (...args: readonly string[]): unknown =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: root });
  git('init', '--quiet');
  writeFleets({ root, fleets: [made({ n100: 1 })], breakwater: '0.1.0' });
  git('add', '.');
  git('commit', '--quiet', '--message', 'first');
  writeFleets({ root, fleets: [made({ n100: 2 })], breakwater: '0.1.0' });
  const before = sideOfFiles(
    'example',
    filesAt(root, 'HEAD', ['generated/example', 'fleets/example.rollout.json']),
  );
  const now = sideOf(openFleet(nodeFileSystem, root, 'example'));
  expect(told(before, now)[0]).toBe('canary n100 now: 1 -> 2, 4 slices, 10 devices, 10 restarted');
  expect(told(sideOfFiles('example', new Map()), now)[0]).toBe(
    'canary n100 now: none -> 2, 4 slices, 10 devices, 0 restarted',
  );
});
