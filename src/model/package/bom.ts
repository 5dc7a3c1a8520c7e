// What a built model was made of, as a CycloneDX bill of materials. It follows from definition and lock alone: no time,
// no random serial number, so that the same model has the same bytes of it everywhere.
// Source: https://cyclonedx.org/docs/1.6/json/

import type { LockedFile, ModelLock } from '../../fleet/model-lock.ts';
import type { QuantizationSpec } from '../../fleet/model-spec.ts';
import type { BuiltModelSpec } from '../../fleet/spec.ts';

interface Component {
  readonly type: 'machine-learning-model' | 'data' | 'application';
  readonly 'bom-ref'?: string;
  readonly name: string;
  readonly [more: string]: unknown;
}

const hashes = (digest: string): readonly object[] => [
  { alg: 'SHA-256', content: digest.slice('sha256:'.length) },
];

const properties = (values: Readonly<Record<string, string>>): readonly object[] =>
  Object.entries(values).map(([name, value]) => ({ name: `breakwater:${name}`, value }));

/** The text of a model's bill of materials. */
export const formatBom = (spec: BuiltModelSpec, lock: ModelLock): string =>
  `${JSON.stringify(bom(spec, lock), undefined, 2)}\n`;

function bom(spec: BuiltModelSpec, lock: ModelLock): object {
  const data = [
    ...(lock.calibration === undefined ? [] : [dataset('calibration', lock.calibration)]),
    ...(lock.evaluation === undefined ? [] : [dataset('evaluation', lock.evaluation)]),
  ];
  const source: Component = {
    type: 'machine-learning-model',
    'bom-ref': 'source',
    name: lock.source.path,
    hashes: hashes(lock.source.digest),
  };
  const made = model(
    lock,
    data.map((one) => one['bom-ref']!),
  );
  const components = [source, ...data, recipe(spec, lock)];
  const refs = components.map((one) => one['bom-ref']!);
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      lifecycles: [{ phase: 'build' }],
      tools: { components: [{ type: 'application', name: 'breakwater', version: lock.breakwater }] },
      component: made,
    },
    components,
    dependencies: [{ ref: made['bom-ref'], dependsOn: refs }, ...refs.map((ref) => ({ ref }))],
  };
}

/** What ships: its hash is of the model's file, its package URL of the image that holds it. */
function model(
  { name, file, image, interpreterBytes, gates }: ModelLock,
  datasets: readonly string[],
): Component {
  const [repository = '', digest = ''] = image.split('@');
  return {
    type: 'machine-learning-model',
    'bom-ref': 'model',
    name,
    version: file.digest,
    hashes: hashes(file.digest),
    purl: `pkg:oci/${repository.split('/').at(-1)!}@${encodeURIComponent(digest)}?repository_url=${repository}`,
    modelCard: {
      modelParameters: { datasets: datasets.map((ref) => ({ ref })) },
      quantitativeAnalysis: {
        performanceMetrics: gates.map(({ gate, verdict, message }) => ({
          type: gate,
          value: `${verdict}: ${message}`,
        })),
      },
    },
    properties: properties({
      image,
      fileBytes: String(file.bytes),
      interpreterBytes: String(interpreterBytes),
    }),
  };
}

const dataset = (name: string, { path, digest }: LockedFile): Component => ({
  type: 'data',
  'bom-ref': name,
  name: path,
  hashes: hashes(digest),
  data: [{ type: 'dataset', name }],
});

/** The definition: its digest is the one in the lock, of all its values in order of keys. */
const recipe = (
  { recipe: name, io = 'float', quantization = {} }: BuiltModelSpec,
  { definition }: ModelLock,
): Component => ({
  type: 'data',
  'bom-ref': 'recipe',
  name: 'recipe',
  hashes: hashes(definition),
  data: [
    {
      type: 'configuration',
      name: 'recipe',
      contents: { properties: properties({ recipe: name, io, ...settings(quantization) }) },
    },
  ],
});

const settings = (quantization: QuantizationSpec): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(quantization).map(([name, value]) => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
  );
