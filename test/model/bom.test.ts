import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { definitionDigest, type ModelLock } from '../../src/fleet/model-lock.ts';
import type { BuiltModelSpec } from '../../src/fleet/spec.ts';
import { formatBom } from '../../src/model/package/bom.ts';

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;

const spec: BuiltModelSpec = {
  name: 'digits',
  repository: 'registry.example.com/models/digits',
  source: 'models/digits.h5',
  recipe: 'int8',
  calibration: 'models/calibration.npz',
  evaluation: 'models/test.npz',
};

const lock: ModelLock = {
  schemaVersion: 1,
  name: 'digits',
  definition: definitionDigest(spec),
  breakwater: '0.1.0',
  source: { path: 'models/digits.h5', digest: digest('a') },
  calibration: { path: 'models/calibration.npz', digest: digest('b') },
  evaluation: { path: 'models/test.npz', digest: digest('c') },
  file: { digest: digest('d'), bytes: 10_384 },
  image: `registry.example.com/models/digits@${digest('e')}`,
  interpreterBytes: 500_890,
  gates: [{ gate: 'accuracy', verdict: 'PASS', message: 'accuracy 98.99 %' }],
};

// What the schema of CycloneDX 1.6 says of what is used here. It allows no other property in any of these places.
const strict = (properties: object, required: readonly string[] = []): object => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const list = (items: object): object => ({ type: 'array', items, uniqueItems: true });
const text = { type: 'string', minLength: 1 };
const properties = list(strict({ name: text, value: text }, ['name']));
const component = strict(
  {
    type: { enum: ['application', 'machine-learning-model', 'data', 'file'] },
    'bom-ref': text,
    name: text,
    version: text,
    purl: { type: 'string', pattern: '^pkg:oci/[a-z0-9._-]+@sha256%3A[0-9a-f]{64}\\?repository_url=[^?&]+$' },
    hashes: list(
      strict({ alg: { const: 'SHA-256' }, content: { pattern: '^[0-9a-f]{64}$' } }, ['alg', 'content']),
    ),
    properties,
    data: list(
      strict(
        {
          type: { enum: ['source-code', 'configuration', 'dataset', 'definition', 'other'] },
          name: text,
          contents: strict({ properties }),
        },
        ['type'],
      ),
    ),
    modelCard: strict({
      modelParameters: strict({ datasets: list(strict({ ref: text })) }),
      quantitativeAnalysis: strict({ performanceMetrics: list(strict({ type: text, value: text })) }),
    }),
  },
  ['type', 'name'],
);
const validate = new Ajv({ strict: false }).compile(
  strict(
    {
      bomFormat: { const: 'CycloneDX' },
      specVersion: { const: '1.6' },
      version: { type: 'integer', minimum: 1 },
      metadata: strict({
        lifecycles: list(strict({ phase: { const: 'build' } }, ['phase'])),
        tools: strict({ components: list(component) }),
        component,
      }),
      components: list(component),
      dependencies: list(strict({ ref: text, dependsOn: list(text) }, ['ref'])),
    },
    ['bomFormat', 'specVersion'],
  ),
);

interface Bom {
  readonly metadata: { readonly component: { readonly 'bom-ref': string } };
  readonly components: readonly { readonly 'bom-ref': string; readonly hashes: object }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

test.each([
  ['with calibration and evaluation', {}],
  ['without', { calibration: undefined, evaluation: undefined }],
])(
  'a bill of materials %s has the structure of CycloneDX 1.6, and each reference leads somewhere',
  (_, less) => {
    const bom = JSON.parse(formatBom(spec, JSON.parse(JSON.stringify({ ...lock, ...less })))) as Bom;
    validate(bom);
    expect(validate.errors ?? []).toEqual([]);
    const refs = [bom.metadata.component, ...bom.components].map((one) => one['bom-ref']);
    expect(new Set(refs).size).toBe(refs.length);
    expect(bom.dependencies.map(({ ref }) => ref)).toEqual(refs);
    expect(bom.dependencies[0]!.dependsOn).toEqual(refs.slice(1));
  },
);

test('it names what ships and all that it was made from, by digest', () => {
  const bom = JSON.parse(formatBom(spec, lock)) as Bom;
  const sha256 = (of: string): object[] => [{ alg: 'SHA-256', content: of.slice('sha256:'.length) }];
  expect(bom.metadata.component).toMatchObject({
    type: 'machine-learning-model',
    hashes: sha256(digest('d')),
    purl: `pkg:oci/digits@sha256%3A${'e'.repeat(64)}?repository_url=registry.example.com/models/digits`,
  });
  expect(Object.fromEntries(bom.components.map((one) => [one['bom-ref'], one.hashes]))).toEqual({
    source: sha256(digest('a')),
    calibration: sha256(digest('b')),
    evaluation: sha256(digest('c')),
    recipe: sha256(lock.definition),
  });
});

test('the same model has the same bytes of it, with no time and no serial number', () => {
  const bom = formatBom(spec, lock);
  expect(formatBom({ ...spec }, JSON.parse(JSON.stringify(lock)) as ModelLock)).toBe(bom);
  expect(bom).not.toMatch(/timestamp|serialNumber|\d{4}-\d\d-\d\d/);
});
