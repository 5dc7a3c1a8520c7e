import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadSchemas, schemaMinors } from '../src/check/schema-set.ts';
import { exampleObjects } from '../src/rules/example-objects.ts';
import podSecurity from '../src/rules/pod-security.ts';
import { crdFiles, keptOrigins, readCrds } from './cluster/schemas/crds.ts';
import { kubernetesFiles, readFolder, readKubernetes } from './cluster/schemas/files.ts';
import { expandParts, shareParts } from './cluster/schemas/shared-parts.ts';
import { PROBES } from './cluster/schemas/read-pod-security.ts';

test('what minors share is kept once, and every minor can be read back', () => {
  const minors = readKubernetes();
  expect(kubernetesFiles(minors)).toEqual(readFolder('kubernetes'));
  expect([...minors.keys()]).toEqual(schemaMinors);
  for (const [minor, { version, kinds, definitions }] of minors) {
    expect(version.startsWith(`v${minor}.`)).toBe(true);
    expect(Object.values(kinds).filter(({ schema }) => !(schema in definitions))).toEqual([]);
  }
});

test('feature gates and Pod Security are what each minor says of itself', () => {
  const gates = [...readKubernetes()].map(([minor, { features }]) => `${minor} ${features['ImageVolume']}`);
  expect(gates).toEqual(['1.34 beta, off', '1.35 beta, on', '1.36 stable, on', '1.37 stable, on']);
  const root = [...readKubernetes()].map(
    ([, { podSecurity }]) => podSecurity['hostUsers false and runAsUser 0'],
  );
  expect(root).toEqual(['refused by restricted', 'allowed', 'allowed', 'allowed']);
});

test.each(schemaMinors)(
  'the rule pod-security refuses what the API server of %s refuses, and nothing else',
  async (minor) => {
    const facts = readKubernetes().get(minor)!.podSecurity;
    const schemas = (await loadSchemas(minor))!;
    const ours = Object.entries(PROBES).map(([what, spec]) => {
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'probe' }, spec };
      return [what, [...podSecurity.check({ ...exampleObjects([pod]), schemas })].length > 0];
    });
    expect(ours).toEqual(Object.keys(PROBES).map((what) => [what, facts[what] !== 'allowed']));
  },
);

test('the definitions of custom resources are whole in schemas/crds', () => {
  const origins = keptOrigins();
  expect(crdFiles(readCrds(), ({ metadata }) => origins.get(metadata.name)!)).toEqual(readFolder('crds'));
});

test('parts that are shared come back where they were', () => {
  const part = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.string({ minLength: 150 }), { minKeys: 2 });
  const parts = fc.array(part, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(parts, fc.array(fc.nat({ max: 3 }), { maxLength: 8 }), (some, picks) => {
      const schema = {
        properties: Object.fromEntries(
          picks.map((pick, index) => [`p${index}`, { items: some[pick % some.length], type: 'array' }]),
        ),
      };
      expect(expandParts(shareParts(schema))).toEqual(schema);
    }),
  );
});

test('all of it stays below 2 MB', () => {
  const files = [...readFolder('kubernetes').values(), ...readFolder('crds').values()];
  expect(files.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0)).toBeLessThan(2e6);
});
