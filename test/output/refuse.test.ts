import { expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { pruneFleet } from '../../src/output/prune.ts';
import { writeFleets } from '../../src/output/synth.ts';
import { made, release, request } from './example-release.ts';
import { MemoryDisk } from './memory-file-system.ts';
import { after, check, promote, rollBack, synth, type Verb } from './verbs.ts';

const first = after(new MemoryDisk(), synth({ n100: 1 }));
const edited = after(first, synth({ n100: 2 }));
const rollout = '/repository/fleets/example.rollout.json';
const generated = '/repository/generated/example';

/** What the user reads; the disk must be as it was. */
function refusal(disk: MemoryDisk, verb: Verb): string {
  const before = disk.snapshot();
  const error = errorOf(() => verb(disk.fileSystem()));
  expect(disk.snapshot()).toEqual(before);
  return `error[${error.code}]: ${error.message}\n  fix: ${error.hint}`;
}

function errorOf(run: () => void): UserError {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const withFile = (disk: MemoryDisk, path: string, text: string): MemoryDisk => {
  const copy = disk.copy();
  const folder = path.replace(/\/[^/]+$/, '');
  if (!copy.entries.has(folder)) copy.fileSystem().makeFolder(folder);
  copy.entries.set(path, text);
  return copy;
};

const without = (disk: MemoryDisk, start: string): MemoryDisk =>
  new MemoryDisk(new Map([...disk.entries].filter(([path]) => !path.startsWith(start))));

test('a foreign file stops synth and promote before anything is touched', () => {
  const disk = withFile(edited, `${generated}/notes.txt`, 'call Anna');
  expect(refusal(disk, synth({ n100: 3 }))).toMatchInlineSnapshot(`
    "error[OUTPUT_FOREIGN]: generated/ holds what Breakwater does not write; nothing was touched:
      generated/example/notes.txt
      fix: move it out of generated/, or remove it"
  `);
  expect(refusal(disk, promote)).toBe(refusal(disk, synth({ n100: 3 })));
});

test('foreign files deep down, beside the fleets and in folders of others are listed', () => {
  const disk = [
    '/repository/generated/.DS_Store',
    '/repository/generated/lost+found/x',
    `${generated}/slices/p000.01/n100/patch.yaml`,
    `${generated}/releases/n100/${release(1).id}/objects/daemonset-app.yaml.orig`,
    `${generated}/node_modules/a/b.js`,
  ].reduce((disk, path) => withFile(disk, path, 'x'), first);
  expect(refusal(disk, synth({ n100: 1 }))).toMatchInlineSnapshot(`
    "error[OUTPUT_FOREIGN]: generated/ holds what Breakwater does not write; nothing was touched:
      generated/.DS_Store
      generated/lost+found/
      generated/example/node_modules/
      generated/example/releases/n100/r1369521cc5d1/objects/daemonset-app.yaml.orig
      generated/example/slices/p000.01/n100/patch.yaml
      fix: move it out of generated/, or remove it"
  `);
});

test('what another fleet has in generated/ is left alone', () => {
  const disk = after(first, (fs) => void writeFleets(request(fs, made({ orin: 1 }, { fleet: 'another' }))));
  expect(check(disk, { n100: 1 })).toEqual([]);
  synth({ n100: 2 })(disk.fileSystem());
  expect(Object.keys(disk.snapshot())).toContain('/repository/generated/another/plan.json');
});

test('without its rollout file a fleet is not written', () => {
  const disk = without(edited, rollout);
  expect(refusal(disk, synth({ n100: 2 }))).toMatchInlineSnapshot(`
    "error[ROLLOUT_MISSING]: there is no fleets/example.rollout.json, and generated/example/slices has pointers: nothing was written
      fix: check it out from Git: git checkout HEAD -- fleets/example.rollout.json"
  `);
  expect(refusal(disk, promote)).toMatchInlineSnapshot(`
    "error[ROLLOUT_MISSING]: there is no fleets/example.rollout.json
      fix: check it out from Git: git checkout HEAD -- fleets/example.rollout.json"
  `);
});

test('a class that has pointers and no lines, as a merge can leave it, is not written', () => {
  const both = after(first, synth({ n100: 1, orin: 5 }));
  const disk = withFile(both, rollout, String(first.entries.get(rollout)));
  expect(refusal(disk, synth({ n100: 1, orin: 5 }))).toMatchInlineSnapshot(`
    "error[ROLLOUT_MISSING]: class orin has pointers in generated/example/slices, but no lines in fleets/example.rollout.json
      fix: check the file out from Git: git checkout HEAD -- fleets/example.rollout.json"
  `);
  expect(refusal(disk, promote)).toMatchInlineSnapshot(`
    "error[ROLLOUT_MISSING]: fleets/example.rollout.json has no lines for class orin, which has pointers in generated/example/slices
      fix: check it out from Git: git checkout HEAD -- fleets/example.rollout.json"
  `);
});

test('a file that may not be read is told by its path', () => {
  const locked: Verb = (fs) => {
    const read = (path: string): Buffer | undefined => {
      if (path.endsWith('plan.json')) throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
      return fs.read(path);
    };
    synth({ n100: 2 })({ ...fs, read });
  };
  expect(refusal(first.copy(), locked)).toMatchInlineSnapshot(`
    "error[FILE_READ]: cannot read generated/example/plan.json: permission denied
      fix: make it and its folder readable, then run the same command again"
  `);
});

test('conflict markers in the rollout file stop every verb', () => {
  const text = String(edited.entries.get(rollout));
  const line = text.split('\n').find((line) => line.includes('p000.01'))!;
  const ours = `<<<<<<< HEAD\n${line}\n=======\n${line.replaceAll(release(2).id, 'r000000000000')}\n>>>>>>> other\n`;
  const disk = withFile(edited, rollout, text.replace(`${line}\n`, ours));
  expect(refusal(disk, synth({ n100: 2 }))).toMatchInlineSnapshot(`
    "error[ROLLOUT_CONFLICT]: fleets/example.rollout.json:12: two branches moved the same pointers:
      HEAD:
        { "class": "n100", "slice": "p000.01", "runs": "r90c5063febd1", "before": "r1369521cc5d1" },
      other:
        { "class": "n100", "slice": "p000.01", "runs": "r000000000000", "before": "r1369521cc5d1" },
      fix: keep one side, git checkout --ours or --theirs -- fleets/example.rollout.json, then run breakwater synth"
  `);
  expect(refusal(disk, rollBack)).toBe(refusal(disk, synth({ n100: 2 })));
});

test('conflict markers in plan.json are solved by synth', () => {
  const disk = withFile(edited, `${generated}/plan.json`, '<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> other\n');
  expect(refusal(disk, promote)).toMatchInlineSnapshot(`
    "error[PLAN_SYNTAX]: generated/example/plan.json holds Git's conflict markers
      fix: run breakwater synth, which writes it again"
  `);
  synth({ n100: 2 })(disk.fileSystem());
  expect(disk.snapshot()).toEqual(edited.snapshot());
});

test('conflict markers in pointers and the README are solved by synth, and by any verb that moves', () => {
  const disk = [
    `${generated}/slices/p000.01/n100/release/kustomization.yaml`,
    `${generated}/README.md`,
  ].reduce((disk, path) => withFile(disk, path, `<<<<<<< HEAD\n=======\n>>>>>>> other\n`), edited);
  expect(after(disk, synth({ n100: 2 })).snapshot()).toEqual(edited.snapshot());
  expect(after(disk, promote).snapshot()).toEqual(after(edited, promote).snapshot());
});

test('a plan that was edited by hand is refused with the place and the value', () => {
  const path = `${generated}/plan.json`;
  const text = String(edited.entries.get(path)).replace('"percent": 10,', '"percent": "ten", "soft": true,');
  expect(refusal(withFile(edited, path, text), promote)).toMatchInlineSnapshot(`
    "error[PLAN_SYNTAX]: generated/example/plan.json is not as breakwater writes it:
      /waves/1 has the unknown property "soft": use name, percent, soak, pause, slices, total or classes
      /waves/1/percent is "ten", expected a number
      fix: run breakwater synth, which writes it again"
  `);
});

test('a release that was edited by hand is neither handed on nor written over', () => {
  const path = `${generated}/releases/n100/${release(2).id}/objects/daemonset-app.yaml`;
  const disk = withFile(edited, path, `${String(edited.entries.get(path))}# tuned by hand\n`);
  expect(refusal(disk, promote)).toMatchInlineSnapshot(`
    "error[RELEASE_CHANGED]: class n100: the files in generated/example/releases/n100/r90c5063febd1 do not hash to its name; a release is never edited
      fix: check it out from Git: git checkout HEAD -- generated/example/releases/n100/r90c5063febd1"
  `);
  expect(refusal(disk, synth({ n100: 2 }))).toBe(refusal(disk, promote));
});

test('a release that is named and gone stops a promotion; synth writes it again where the definition makes it', () => {
  const disk = without(edited, `${generated}/releases/n100/${release(2).id}`);
  expect(refusal(disk, promote)).toMatchInlineSnapshot(`
    "error[RELEASE_MISSING]: class n100: release r90c5063febd1 is named and generated/example/releases/n100/r90c5063febd1 is not there
      fix: check it out from Git: git checkout HEAD -- generated/example/releases/n100/r90c5063febd1"
  `);
  synth({ n100: 2 })(disk.fileSystem());
  expect(disk.snapshot()).toEqual(edited.snapshot());
  expect(refusal(without(edited, `${generated}/releases/n100/${release(1).id}`), synth({ n100: 2 })))
    .toMatchInlineSnapshot(`
      "error[RELEASE_MISSING]: class n100: release r1369521cc5d1 is named and generated/example/releases/n100/r1369521cc5d1 is not there
        fix: check it out from Git: git checkout HEAD -- generated/example/releases/n100/r1369521cc5d1"
    `);
});

test('a release that nothing names is not looked into', () => {
  const stray = `${generated}/releases/n100/r0123456789ab/objects/daemonset-app.yaml`;
  const disk = withFile(edited, stray, 'x');
  promote(disk.fileSystem());
  expect(disk.snapshot()).toEqual(after(edited, promote).snapshot());
});

/** Beside a run that is alive and has the process number 77. */
const busy: Verb = (fs) => synth({ n100: 2 })({ ...fs, isRunning: (pid) => pid === 77 });

test('while another run writes, a second one gives up; the mark of a dead one is removed', () => {
  const disk = withFile(first, '/repository/generated/.breakwater-tmp-lock-77', '');
  expect(refusal(disk, busy)).toMatchInlineSnapshot(`
    "error[OUTPUT_BUSY]: generated/ is being written by another run, process 77
      fix: wait until it is done; if that process is no run of Breakwater, remove generated/.breakwater-tmp-lock-77"
  `);
  synth({ n100: 2 })(disk.fileSystem());
  expect(disk.snapshot()).toEqual(edited.snapshot());
});

test('a full disk is told by the file that did not fit', () => {
  const { calls } = ((disk) => (synth({ n100: 2 })(disk.fileSystem()), disk))(first.copy());
  const at = (part: string): number =>
    calls.findIndex(([name, path]) => name === 'write' && path.includes(part));
  const disk = first.copy();
  const full = (part: string): string =>
    refusal(disk.copy(), () =>
      synth({ n100: 2 })(disk.copy().fileSystem({ refuse: { call: at(part), code: 'ENOSPC' } })),
    );
  expect(full('plan-')).toMatchInlineSnapshot(`
    "error[FILE_WRITE]: cannot write generated/example/plan.json: no space is left on the disk
      fix: free some space, then run the same command again; no file is half written"
  `);
  expect(full('daemonset')).toMatchInlineSnapshot(`
    "error[FILE_WRITE]: cannot write generated/example/releases/n100/r90c5063febd1/objects/daemonset-app.yaml: no space is left on the disk
      fix: free some space, then run the same command again; no file is half written"
  `);
});

test('a fleet that was never generated cannot be promoted', () => {
  expect(refusal(new MemoryDisk(), promote)).toMatchInlineSnapshot(`
    "error[PLAN_MISSING]: there is no generated/example/plan.json
      fix: check the name of the fleet; a new one is written by breakwater synth example"
  `);
});

test('pruning removes a fleet, and nothing of another', () => {
  const other = made({ orin: 1 }, { fleet: 'another' });
  const alone = after(new MemoryDisk(), (fs) => void writeFleets(request(fs, other)));
  const disk = after(edited, (fs) => void writeFleets(request(fs, other)));
  const prune = { root: '/repository', fleet: 'example' };
  expect(refusal(disk, (fs) => void pruneFleet({ fs, ...prune, defined: ['example'] })))
    .toMatchInlineSnapshot(`
    "error[FLAG]: --prune-fleet example: fleets/ still defines it
      fix: remove the definition first: pruning deletes what its clusters read"
  `);
  expect(refusal(disk, (fs) => void pruneFleet({ fs, ...prune, fleet: 'exmaple', defined: [] })))
    .toMatchInlineSnapshot(`
    "error[FLEET_UNKNOWN]: nothing was generated for a fleet "exmaple"
      fix: check its name: fleets have a folder in generated/"
  `);
  pruneFleet({ fs: disk.fileSystem(), ...prune, defined: ['another'] });
  expect(disk.snapshot()).toEqual(alone.snapshot());
});

test('a pointer names the config that pods of the release before still mount', () => {
  expect(edited.entries.get(`${generated}/slices/p000.01/n100/kustomization.yaml`)).toMatchInlineSnapshot(`
    "# Moved by breakwater promote and rollback. Do not edit.
    apiVersion: kustomize.config.k8s.io/v1beta1
    kind: Kustomization
    resources:
      - ../../../releases/n100/r90c5063febd1/frame
    "
  `);
  expect(edited.entries.get(`${generated}/slices/p000.01/n100/release/kustomization.yaml`))
    .toMatchInlineSnapshot(`
      "# Moved by breakwater promote and rollback. Do not edit.
      apiVersion: kustomize.config.k8s.io/v1beta1
      kind: Kustomization
      resources:
        - ../../../../releases/n100/r90c5063febd1/objects
        - ../../../../releases/n100/r90c5063febd1/config
        - ../../../../releases/n100/r1369521cc5d1/config/app-c000000000001
      "
    `);
  expect(edited.entries.get(`${generated}/slices/p100.00/n100/release/kustomization.yaml`))
    .toMatchInlineSnapshot(`
      "# Moved by breakwater promote and rollback. Do not edit.
      apiVersion: kustomize.config.k8s.io/v1beta1
      kind: Kustomization
      resources:
        - ../../../../releases/n100/r1369521cc5d1/objects
        - ../../../../releases/n100/r1369521cc5d1/config
      "
    `);
});

test('the README of a fleet says who reads what', () => {
  expect(edited.entries.get(`${generated}/README.md`)).toMatchInlineSnapshot(`
    "# example

    Written by Breakwater from the definition of the fleet. Do not edit: \`breakwater synth example\` writes it again.
    0 devices in 0 clusters.

    | path | what | who reads it |
    |---|---|---|
    | \`slices/<slice>/<class>/\` | two pointers: what the clusters of a slice and class run | Flux on each cluster, for life |
    | \`releases/<class>/<id>/\` | the manifests of a class; never edited, named by the digest of their content | Flux, through the pointers |
    | \`plan.json\` | waves, slices, devices, gate, budget and the wanted releases | \`breakwater promote\`, \`rollback\`, \`status\`; dashboards |
    | \`fleets/example.rollout.json\` (not here) | where the rollout stands: the pointers follow from it | \`breakwater promote\`, \`rollback\`, \`retry\`, \`status\` |

    ## A cluster joins

    Flux is installed and the cluster is in the inventory. Then, once:

    \`\`\`sh
    breakwater bootstrap example --cluster ID | kubectl apply -f -
    \`\`\`

    ## Waves

    | wave | up to | slices | soak | pause | n100 (devices on clusters) |
    | --- | --- | --- | --- | --- | --- |
    | canary | 0.1 % | p000.01 to p000.10 | 24h | 1h | – |
    | early | 10 % | p000.20 to p010.00 | 12h | 1h | – |
    | rest | 100 % | p015.00 to p100.00 | 0s | 2h | – |

    The next wave follows once \`breakwater gate example --record\` has written down a PASS of the one before.
    "
  `);
});
