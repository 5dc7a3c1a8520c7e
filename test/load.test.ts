import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { UserError } from '../src/errors.ts';
import { loadFleets } from '../src/fleet/load.ts';
import { project } from './project.ts';

/** A definition as JSON; tests change one thing about it. */
const valid = (name: string): Record<string, unknown> => ({
  name,
  classes: {
    n100: {
      arch: 'amd64',
      memory: '8Gi',
      cpu: '4',
      disk: '64Gi',
      k3s: '1.36',
      servers: 1,
      uplink: '20Mbit',
      availability: 'always-on',
      maxDevicesPerCluster: 1,
    },
  },
  inventory: [{ class: 'n100', region: 'north', clusters: 1000, devicesPerCluster: 1 }],
  workloads: {},
  rollout: {
    salt: 'x',
    waves: [{ name: 'all', percent: 100 }],
    gate: { baseline: 0.01, detect: 0.01, alpha: 0.01, beta: 0.01, window: '10m' },
  },
  delivery: {
    kind: 'flux',
    source: { kind: 'git', url: 'https://git.example.com/a.git', branch: 'main' },
    interval: '10m',
  },
});
const json = (name: string, change: Record<string, unknown> = {}): string =>
  JSON.stringify({ ...valid(name), ...change });
const ts = (name: string, change: Record<string, unknown> = {}): string =>
  `import { defineFleet } from 'breakwater';\nexport default defineFleet(${json(name, change)});\n`;

/** What the user sees of the error that loading throws. */
async function errorOf(
  files: Readonly<Record<string, string>>,
  names: readonly string[] = [],
  timeoutMs = 10_000,
): Promise<string> {
  const cwd = project(files);
  try {
    await loadFleets(names, { cwd, timeoutMs });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `error[${error.code}]: ${error.message}\n  fix: ${error.hint}`.replaceAll(cwd, '/project');
  }
  throw new Error('nothing was wrong');
}

test('every definition directly in fleets/ is loaded, in the order of file names', async () => {
  const cwd = project({
    'fleets/b.ts': ts('b'),
    'fleets/a.mjs': ts('a'),
    'fleets/c.json': json('c', { $schema: '../schemas/fleet.schema.json' }),
    'fleets/d.js': `module.exports = ${json('d')};`,
    'fleets/models/m.ts': 'export const m = 1;',
    'fleets/b.rollout.json': '{}',
    'fleets/images.lock.json': '{}',
    'fleets/README.md': '',
  });
  const fleets = await loadFleets([], { cwd });
  expect(fleets.map(({ spec, file }) => `${spec.name} ${file}`)).toEqual([
    'a fleets/a.mjs',
    'b fleets/b.ts',
    'c fleets/c.json',
    'd fleets/d.js',
  ]);
  expect(fleets[0]).toMatchObject({ folder: join(cwd, 'fleets'), images: {} });
});

test('a fleet is named by its file, its path or the name that it gives itself', async () => {
  const cwd = project({ 'fleets/a.ts': ts('a'), 'fleets/b.ts': ts('other'), 'elsewhere/c.ts': ts('c') });
  const fleets = await loadFleets(['elsewhere/c.ts', 'other', 'a', 'fleets/a.ts'], { cwd });
  expect(fleets.map(({ file }) => file)).toEqual(['elsewhere/c.ts', 'fleets/b.ts', 'fleets/a.ts']);
});

test('the reference fleets load', async () => {
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const fleets = await loadFleets([], { cwd });
  expect(fleets.map(({ spec }) => spec.name)).toEqual([
    'city-cameras',
    'hello-edge-argo',
    'hello-edge',
    'parcel-hubs',
    'store-shelves',
  ]);
});

test('a definition may await at its top level, and share code with others', async () => {
  const cwd = project({
    'fleets/a.ts': `import { name } from './shared/name.ts';
const waves = await Promise.resolve([{ name: 'all', percent: 100 }]);
const spec = ${json('a')};
export default { ...spec, name, rollout: { ...spec.rollout, waves } };
`,
    'fleets/shared/name.ts': `export const name: string = 'shared';`,
  });
  const [fleet] = await loadFleets([], { cwd });
  expect(fleet?.spec.name).toBe('shared');
});

test('a definition may import as it awaits', async () => {
  const cwd = project({
    'fleets/a.ts': `export default { ...${json('a')}, name: (await import('./shared/name.json')).default.name };`,
    'fleets/shared/name.json': '{ "name": "awaited" }',
  });
  const [fleet] = await loadFleets([], { cwd });
  expect(fleet?.spec.name).toBe('awaited');
});

test('a definition that cannot be read', async () => {
  const cwd = project({ 'fleets/b.ts': ts('b') });
  symlinkSync('nowhere.ts', join(cwd, 'fleets/a.ts'));
  await expect(loadFleets([], { cwd })).rejects.toThrow('fleets/a.ts is not there');
});

test('plain cdk8s workloads come through as the functions they are', async () => {
  const cwd = project({
    'fleets/a.mjs': `export default { ...${json('a')}, workloads: { cache: () => 'made' } };`,
  });
  const [fleet] = await loadFleets(['a'], { cwd });
  const cache = fleet?.spec.workloads['cache'] as unknown as () => string;
  expect(cache()).toBe('made');
});

test('what a definition prints goes to stderr', async () => {
  const error = vi.spyOn(console, 'error').mockReturnValue();
  const log = vi.spyOn(console, 'log').mockReturnValue();
  const cwd = project({ 'fleets/a.mjs': `console.log('hello');\nexport default ${json('a')};` });
  await loadFleets([], { cwd });
  expect([error.mock.calls, log.mock.calls]).toEqual([[['hello']], []]);
  expect(console.log).toBe(log);
  vi.restoreAllMocks();
});

test('no fleets', async () => {
  expect(await errorOf({ 'fleets/images.lock.json': '{}' })).toMatchInlineSnapshot(`
    "error[FLEET_NONE]: no fleet definitions in /project/fleets
      fix: write fleets/NAME.ts, or run breakwater init"
  `);
});

test('a fleet that is not there', async () => {
  const files = { 'fleets/city-cameras.ts': ts('city-cameras'), 'fleets/b.ts': ts('b') };
  expect(await errorOf(files, ['city-camera'])).toMatchInlineSnapshot(`
    "error[FLEET_UNKNOWN]: there is no fleet "city-camera"
      fix: did you mean city-cameras?"
  `);
  expect(await errorOf(files, ['zoo'])).toMatchInlineSnapshot(`
    "error[FLEET_UNKNOWN]: there is no fleet "zoo"
      fix: the fleets are b, city-cameras"
  `);
  expect(await errorOf(files, ['fleets/zoo.ts'])).toMatchInlineSnapshot(`
    "error[FLEET_UNKNOWN]: there is no file fleets/zoo.ts
      fix: correct the path, or give a fleet by its name"
  `);
});

test('two fleets with one name', async () => {
  expect(await errorOf({ 'fleets/a.ts': ts('a'), 'fleets/b.ts': ts('a') })).toMatchInlineSnapshot(`
    "error[FLEET_DUPLICATE]: fleets/a.ts and fleets/b.ts are both called "a"
      fix: give one of them another name: a fleet owns the folder of its name in generated/"
  `);
});

test('a syntax error', async () => {
  const text = `import { defineFleet } from 'breakwater';\n\nexport default defineFleet({\n  name: 'a'\n  classes: {},\n});\n`;
  expect(await errorOf({ 'fleets/a.ts': text })).toMatchInlineSnapshot(`
    "error[FLEET_LOAD]: fleets/a.ts:5:3 has a syntax error: unexpected token, expected ","
      5 |   classes: {},
        |   ^
      fix: correct the line, or the one before it"
  `);
});

test('a syntax error in a file that the definition imports', async () => {
  const files = { 'fleets/a.ts': `import './models/m.ts';\n`, 'fleets/models/m.ts': 'const = 1;\n' };
  expect(await errorOf(files)).toMatchInlineSnapshot(`
    "error[FLEET_LOAD]: fleets/models/m.ts:1:7 has a syntax error: unexpected token
      1 | const = 1;
        |       ^
      fix: correct the line, or the one before it"
  `);
});

test('a syntax error in JSON', async () => {
  expect(await errorOf({ 'fleets/a.json': '{\n  "name": "a",\n  classes: {}\n}\n' })).toMatchInlineSnapshot(`
    "error[FLEET_LOAD]: fleets/a.json:3:3 is not JSON: expected a name in double quotes
      3 |   classes: {}
        |   ^
      fix: correct the line, or the one before it"
  `);
  expect(await errorOf({ 'fleets/a.json': '{\n  "name": "a",' })).toMatchInlineSnapshot(`
    "error[FLEET_LOAD]: fleets/a.json:2:15 is not JSON: expected a name in double quotes
      2 |   "name": "a",
        |               ^
      fix: correct the line, or the one before it"
  `);
  expect(await errorOf({ 'fleets/a.json': '{ "name": undefined }' })).toMatchInlineSnapshot(`
    "error[FLEET_LOAD]: fleets/a.json:1:11 is not JSON: expected a value
      1 | { "name": undefined }
        |           ^
      fix: correct the line, or the one before it"
  `);
});

test("a definition that throws shows the user's own line", async () => {
  const text = `import { defineFleet } from 'breakwater';

interface Site {
  readonly name: string;
}
const sites: Record<string, Site> = {};

export default defineFleet({ name: sites['north']!.name });
`;
  expect(await errorOf({ 'fleets/a.ts': text })).toMatchInlineSnapshot(`
    "error[FLEET_LOAD]: fleets/a.ts:8 threw TypeError: Cannot read properties of undefined (reading 'name')
      8 | export default defineFleet({ name: sites['north']!.name });
      fix: correct what the line does; a definition must load without its surroundings"
  `);
});

test('a file that the definition imports throws', async () => {
  const files = {
    'fleets/a.ts': `import { model } from './models/m.ts';\nexport default { model };\n`,
    'fleets/models/m.ts': `export const model = read();\nfunction read() {\n  throw new RangeError('no such size');\n}\n`,
  };
  expect(await errorOf(files)).toMatchInlineSnapshot(`
    "error[FLEET_LOAD]: fleets/models/m.ts:3 threw RangeError: no such size
      3 |   throw new RangeError('no such size');
      fix: correct what the line does; a definition must load without its surroundings"
  `);
});

test('a function of ours that does not exist', async () => {
  const text = `import { defineFlet } from 'breakwater';\nexport default defineFlet({});\n`;
  expect(await errorOf({ 'fleets/a.ts': text })).toMatchInlineSnapshot(`
    "error[FLEET_LOAD]: fleets/a.ts:2 threw TypeError: defineFlet is not a function
      2 | export default defineFlet({});
      fix: correct what the line does; a definition must load without its surroundings"
  `);
});

test('a value that is thrown, and no error', async () => {
  expect(await errorOf({ 'fleets/a.ts': `throw 'enough';\n` })).toMatchInlineSnapshot(`
    "error[FLEET_LOAD]: fleets/a.ts threw a value: enough
      fix: correct what the line does; a definition must load without its surroundings"
  `);
});

test('imports of what is not there', async () => {
  expect(await errorOf({ 'fleets/a.ts': `import { m } from './models/m.ts';\nexport default m;\n` }))
    .toMatchInlineSnapshot(`
    "error[FLEET_LOAD]: fleets/a.ts:1 imports "./models/m.ts", which is not there
      1 | import { m } from './models/m.ts';
      fix: correct the path"
  `);
  expect(await errorOf({ 'fleets/a.ts': `import m from 'no-such-package';\nexport default m;\n` }))
    .toMatchInlineSnapshot(`
    "error[FLEET_LOAD]: fleets/a.ts:1 imports "no-such-package", which is not there
      1 | import m from 'no-such-package';
      fix: correct the name, or run npm install no-such-package"
  `);
});

test('no default export', async () => {
  expect(await errorOf({ 'fleets/a.ts': `export const fleet = {};\n` })).toMatchInlineSnapshot(`
    "error[FLEET_LOAD]: fleets/a.ts has no default export, only fleet
      fix: write export default defineFleet({ … })"
  `);
  expect(await errorOf({ 'fleets/a.ts': '' })).toMatchInlineSnapshot(`
    "error[FLEET_LOAD]: fleets/a.ts has no default export
      fix: write export default defineFleet({ … })"
  `);
});

test('a definition that never ends loading', async () => {
  expect(await errorOf({ 'fleets/a.ts': 'while (true);\n' }, [], 200)).toMatchInlineSnapshot(`
    "error[FLEET_TIMEOUT]: fleets/a.ts did not finish loading in 0.2 s
      fix: look for a loop without end, or an await of something that never comes"
  `);
});

test('a definition that awaits what never comes', async () => {
  const text = 'await new Promise(() => {});\nexport default {};\n';
  expect(await errorOf({ 'fleets/a.ts': text }, [], 200)).toMatchInlineSnapshot(`
    "error[FLEET_TIMEOUT]: fleets/a.ts did not finish loading in 0.2 s
      fix: look for a loop without end, or an await of something that never comes"
  `);
});

test('files that import each other', async () => {
  const files = {
    'fleets/a.ts': `import { model } from './models/m';\nexport const salt = 'a';\nexport default { model, salt };\n`,
    'fleets/models/m.ts': `import { salt } from '../a.ts';\nexport const model = salt.toUpperCase();\n`,
  };
  expect(await errorOf(files)).toMatchInlineSnapshot(`
    "error[FLEET_LOAD]: fleets/models/m.ts:2 threw TypeError: Cannot read properties of undefined (reading 'toUpperCase')
      2 | export const model = salt.toUpperCase();
      fix: move what is shared into a file of its own: fleets/a.ts imports fleets/models/m.ts imports fleets/a.ts"
  `);
});

test('wrong types from plain JavaScript', async () => {
  const { classes, rollout } = valid('a') as {
    readonly classes: { readonly n100: object };
    readonly rollout: object;
  };
  const change = {
    colour: 'blue',
    classes: {
      n100: { ...classes.n100, arch: 'amd46', memory: '8GB', servers: '1', disc: '64Gi', disk: undefined },
    },
    inventory: [{ class: 'n100', clusters: -1, devicesPerCluster: 1.5 }],
    workloads: {
      web: {
        kind: 'model-server',
        model: 'm',
        server: { kind: 'tf' },
        memory: { byClass: { n100: 5 } },
        cpu: 1,
      },
      cache: null,
    },
    rollout: { ...rollout, waves: [] },
  };
  expect(await errorOf({ 'fleets/a.json': json('a', change) })).toMatchInlineSnapshot(`
    "error[FLEET_SCHEMA]: fleets/a.json is not a fleet definition:
      / has the unknown property "colour": use name, classes, inventory, models, workloads, external, rollout, delivery, ignore or $schema
      /classes/n100 has the unknown property "disc": did you mean "disk"?
      /classes/n100/arch is "amd46", expected "amd64", "arm64" or "arm"; did you mean "amd64"?
      /classes/n100/memory is "8GB", expected a Kubernetes quantity of bytes, such as \`512Mi\`, \`1.5Gi\` or \`1e9\`
      /classes/n100/servers is "1", expected a whole number
      /inventory/0 lacks "region": name of a region without quotes and backslashes: for humans, maps and class cover
      /inventory/0/clusters is -1, expected at least 0
      /inventory/0/devicesPerCluster is 1.5, expected a whole number
      /workloads/web/server/kind is "tf", expected "tensorflow-serving", "breakwater" or "container"
      /workloads/web/memory/byClass/n100 is 5, expected a Kubernetes quantity of bytes, such as \`512Mi\`, \`1.5Gi\` or \`1e9\`
      /workloads/web/cpu is 1, expected a Kubernetes quantity of processors, such as \`500m\`, \`1.5\` or \`4\`
      /workloads/cache is null, expected an object
      /rollout/waves is [], expected at least one
      fix: correct the values; \`breakwater schema\` prints all that a definition may hold"
  `);
});

test('amounts of nothing', async () => {
  const { classes, delivery } = valid('a') as {
    readonly classes: { readonly n100: object };
    readonly delivery: object;
  };
  const change = {
    classes: { n100: { ...classes.n100, memory: '0', cpu: '0m', disk: '0Gi', uplink: '0Mbit' } },
    delivery: { ...delivery, interval: '0s' },
  };
  expect(await errorOf({ 'fleets/a.json': json('a', change) })).toMatchInlineSnapshot(`
    "error[FLEET_SCHEMA]: fleets/a.json is not a fleet definition:
      /classes/n100/memory is "0", expected more than nothing
      /classes/n100/cpu is "0m", expected more than nothing
      /classes/n100/disk is "0Gi", expected more than nothing
      /classes/n100/uplink is "0Mbit", expected more than nothing
      /delivery/interval is "0s", expected more than nothing
      fix: correct the values; \`breakwater schema\` prints all that a definition may hold"
  `);
});

test('names that do not agree', async () => {
  const model = { name: 'm', image: 'm', size: '1Mi', peakMemory: '1Mi' };
  const server = { kind: 'tensorflow-serving', image: 's' };
  const change = {
    inventory: [
      { class: 'n10', region: 'north', clusters: 1, devicesPerCluster: 1 },
      { class: 'n100', region: 'north', clusters: 1, devicesPerCluster: 2 },
      { class: 'constructor', region: 'north', clusters: 1, devicesPerCluster: 2 },
    ],
    models: { detector: model },
    workloads: {
      Web: {
        kind: 'model-server',
        model: 'detectr',
        server,
        memory: { byClass: { n10: '1Gi' } },
        cpu: '1',
        ignore: [{ rule: 'x', reason: 'because it is so', until: '2027-02-30' }],
      },
    },
  };
  expect(await errorOf({ 'fleets/a.json': json('city-release', change) })).toMatchInlineSnapshot(`
    "error[FLEET_SCHEMA]: fleets/a.json is not a fleet definition:
      /name is "city-release", the name of the child Kustomization of a fleet "city": drop -release
      /workloads has the name "Web", expected lower-case letters, digits and "-", at most 63 characters
      /inventory/0/class is "n10", no class of this fleet: did you mean "n100"?
      /inventory/1/devicesPerCluster is 2, more than maxDevicesPerCluster 1 of "n100"
      /inventory/2/class is "constructor", no class of this fleet: use n100
      /workloads/Web/model is "detectr", no model of this fleet: did you mean "detector"?
      /workloads/Web/memory/byClass names "n10", no class of this fleet: did you mean "n100"?
      /workloads/Web/memory/byClass lacks the class "n100"
      /workloads/Web/ignore/0/until is "2027-02-30", expected a day of the calendar, such as "2027-03-01"
      fix: correct the values; \`breakwater schema\` prints all that a definition may hold"
  `);
});

test('names that Kubernetes or Flux would not take', async () => {
  expect(await errorOf({ 'fleets/a.json': json('kube-fleet') })).toMatchInlineSnapshot(`
    "error[FLEET_SCHEMA]: fleets/a.json is not a fleet definition:
      /name is "kube-fleet", a namespace of Kubernetes or Flux: name the fleet after what it does
      fix: correct the values; \`breakwater schema\` prints all that a definition may hold"
  `);
  expect(await errorOf({ 'fleets/a.json': json('a'.repeat(56)) })).toMatchInlineSnapshot(`
    "error[FLEET_SCHEMA]: fleets/a.json is not a fleet definition:
      /name is "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 56 characters, expected at most 55
      fix: correct the values; \`breakwater schema\` prints all that a definition may hold"
  `);
});

test('a default export that is no object', async () => {
  expect(await errorOf({ 'fleets/a.ts': `export default () => 'later';\n` })).toMatchInlineSnapshot(`
    "error[FLEET_SCHEMA]: the default export of fleets/a.ts is a function, not a fleet definition
      fix: export default defineFleet({ … })"
  `);
  expect(await errorOf({ 'fleets/a.json': '[]' })).toMatchInlineSnapshot(`
    "error[FLEET_SCHEMA]: the default export of fleets/a.json is [], not a fleet definition
      fix: export default defineFleet({ … })"
  `);
});

test('a marker stands for no function', async () => {
  expect(await errorOf({ 'fleets/a.json': json('a', { workloads: { cache: { kind: 'construct' } } }) }))
    .toMatchInlineSnapshot(`
    "error[FLEET_SCHEMA]: fleets/a.json is not a fleet definition:
      /workloads/cache is a marker for plain cdk8s: write the function itself, in TypeScript or JavaScript
      fix: correct the values; \`breakwater schema\` prints all that a definition may hold"
  `);
});

test('an image lock that says nothing', async () => {
  const files = { 'fleets/a.json': json('a'), 'fleets/images.lock.json': '{ "registry.example.com/a": {} }' };
  expect(await errorOf(files)).toMatchInlineSnapshot(`
    "error[FILE_READ]: fleets/images.lock.json: the entry "registry.example.com/a" lacks a list "platforms" or a text "source"
      fix: write { "platforms": ["linux/amd64"], "source": "where this comes from" }"
  `);
});

test('a broken copy of a translation is made again', async () => {
  const { readdirSync, writeFileSync } = await import('node:fs');
  const cwd = project({ 'fleets/a.ts': ts('a') });
  await loadFleets([], { cwd });
  const cache = join(cwd, '.breakwater/jiti');
  for (const name of readdirSync(cache)) writeFileSync(join(cache, name), 'half a fi');
  expect((await loadFleets([], { cwd }))[0]?.spec.name).toBe('a');
});

test('a copy of a translation that cannot be read or written, as on a full disk, is done without', async () => {
  const { mkdirSync, readdirSync, rmSync } = await import('node:fs');
  const cwd = project({ 'fleets/a.ts': ts('a') });
  await loadFleets([], { cwd });
  const cache = join(cwd, '.breakwater/jiti');
  for (const name of readdirSync(cache)) {
    rmSync(join(cache, name));
    mkdirSync(join(cache, name));
  }
  expect((await loadFleets([], { cwd }))[0]?.spec.name).toBe('a');
});

test('a folder that cannot be written to is no obstacle', async () => {
  const cwd = project({ 'fleets/a.ts': ts('a'), '.breakwater': 'a file where the folder would be' });
  chmodSync(cwd, 0o555);
  expect((await loadFleets([], { cwd }))[0]?.spec.name).toBe('a');
  chmodSync(cwd, 0o755);
});
