import type { FleetInputs } from '../src/check/check.ts';
import type { KubeObject } from '../src/check/rule.ts';
import type { Suppression } from '../src/fleet/spec.ts';
import { exampleFleet, ORIN_NANO } from '../src/rules/example-fleet.ts';
import { exampleObjects } from '../src/rules/example-objects.ts';
import { toYaml } from '../src/synth/index.ts';
import type { Release } from '../src/synth/manifests.ts';

const release = (name: string, objects: readonly KubeObject[]): Release => {
  const placed = exampleObjects(objects).objects;
  return {
    class: name,
    id: name === 'n100' ? 'r111111111111' : 'r222222222222',
    versions: {},
    files: new Map(placed.map(({ file, object }) => [file, toYaml(object)])),
    configs: [],
    objects: placed,
  };
};

/** A fleet of two classes, 100,000 and 500 clusters, with the same objects on both. */
export function exampleInputs(
  objects: readonly KubeObject[],
  ignore: {
    fleet?: readonly Suppression[];
    orin?: readonly Suppression[];
    inference?: readonly Suppression[];
  } = {},
): FleetInputs {
  const { spec, plan } = exampleFleet({
    classes: { 'orin-nano': { ...ORIN_NANO, ...(ignore.orin ? { ignore: ignore.orin } : {}) } },
    inventory: [
      { class: 'n100', region: 'eu', clusters: 100_000, devicesPerCluster: 1 },
      { class: 'orin-nano', region: 'eu', clusters: 500, devicesPerCluster: 2 },
    ],
    workloads: { inference: ignore.inference ? { ignore: ignore.inference } : {} },
    ...(ignore.fleet ? { ignore: ignore.fleet } : {}),
  });
  const loaded = { spec, file: 'fleets/example.ts', folder: '/fleets', images: undefined, built: [] };
  const releases = { n100: release('n100', objects), 'orin-nano': release('orin-nano', objects) };
  return { loaded, plan, releases };
}
