import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadSchemas, NEWEST_MINOR, type SchemaSet } from '../../src/check/schema-set.ts';
import { structureProblems } from '../../src/check/structure.ts';
import type { KubeObject } from '../../src/synth/manifests.ts';
import { describeCluster, runFolder } from './cluster-test.ts';
import { startControlPlane, type ControlPlane } from '../harness/control-plane.ts';
import { readGenerated } from '../harness/generated.ts';
import { installCrds } from '../harness/install-crds.ts';
import { mutantsOf, type Mutant } from './mutants.ts';
import { validObjects } from './valid-objects.ts';

/** Mutants of each object. */
const EACH = 80;
const SEED = 20_261_125;

/** Words by which the server says that the structure is wrong, and not what the values mean together. */
const STRUCTURE =
  /unknown field|field not declared in schema|expected (string|numeric|map|list|boolean|integer)|unmarshal|must be of type|must validate one and only one|Unsupported value|Required value|failed to create typed patch|should be an integer|Invalid type|converted to/i;

interface Verdicts {
  readonly mutant: Mutant;
  readonly ours: readonly string[];
  readonly server: string | undefined;
}

describeCluster('our schemas beside the API server', () => {
  let plane: ControlPlane;
  let schemas: SchemaSet;
  beforeAll(async () => {
    schemas = (await loadSchemas(NEWEST_MINOR))!;
    plane = await startControlPlane({ folder: runFolder, name: 'differential' });
    await installCrds(plane.api);
    for (const name of [
      'differential',
      'flux-system',
      'city-cameras',
      'hello-edge',
      'hello-edge-argo',
      'argocd',
      'parcel-hubs',
      'store-shelves',
    ]) {
      await plane.api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
  });
  afterAll(() => plane?.stop());

  const ours = (object: KubeObject): readonly string[] => {
    const kind = schemas.find(object.apiVersion, object.kind);
    if (kind === undefined) throw new Error(`no schema of ${object.kind} of ${object.apiVersion}`);
    return structureProblems(object, kind, schemas).map(({ is, path }) => `${is} ${path}`);
  };
  const server = (object: KubeObject): Promise<string | undefined> =>
    plane.api.apply(object, { dryRun: true }).then(
      () => undefined,
      (error: Error) => error.message,
    );

  test('accept what it accepts, of every kind that we know how to write', async () => {
    for (const object of validObjects) {
      expect([object.kind, await server(object)]).toEqual([object.kind, undefined]);
      expect([object.kind, ours(object)]).toEqual([object.kind, []]);
    }
  });

  test('refuse nothing that it accepts, and what it refuses for its structure', async () => {
    const generated = (await readGenerated()).flatMap(({ objects }) => objects.map(([, object]) => object));
    const mutants = mutantsOf([...validObjects, ...generated.slice(0, 14)], EACH, SEED);
    const verdicts: Verdicts[] = [];
    for (const mutant of mutants) {
      verdicts.push({ mutant, ours: ours(mutant.object), server: await server(mutant.object) });
    }
    const both = verdicts.filter(({ ours, server }) => ours.length > 0 && server !== undefined);
    const neither = verdicts.filter(({ ours, server }) => ours.length === 0 && server === undefined);
    const onlyOurs = verdicts.filter(({ ours, server }) => ours.length > 0 && server === undefined);
    const onlyServer = verdicts.filter(({ ours, server }) => ours.length === 0 && server !== undefined);
    const structural = onlyServer.filter(({ server }) => STRUCTURE.test(server!));
    console.log(
      [
        `${verdicts.length} mutants: both refuse ${both.length}, both accept ${neither.length}, only we refuse ${onlyOurs.length},`,
        `only the server refuses ${onlyServer.length}: ${structural.length} for structure, ${onlyServer.length - structural.length} for what values mean`,
        ...[...onlyOurs, ...structural].map(
          ({ mutant, ours, server }) =>
            `  ${mutant.how} at ${mutant.object.kind} ${mutant.path}: ${server === undefined ? `we say ${ours.join(', ')}` : server.slice(0, 200)}`,
        ),
      ].join('\n'),
    );
    expect(onlyOurs).toEqual([]);
    // What is left are conditions between fields, which no structure tells.
    expect(both.length / (both.length + onlyServer.length)).toBeGreaterThan(0.8);
  });
});
