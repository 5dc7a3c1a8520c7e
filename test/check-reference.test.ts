import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkFiles, checkFleet } from '../src/check/check.ts';
import { inventoryRows } from '../src/fleet/inventory.ts';
import { loadFleets } from '../src/fleet/load.ts';
import { SLICES } from '../src/plan/slices.ts';
import { planFleet } from '../src/plan/waves.ts';
import { rules } from '../src/rules/index.ts';
import { hubObjects, synthFleet, toYaml } from '../src/synth/index.ts';

const cwd = fileURLToPath(new URL('..', import.meta.url));
const onManifests = rules.filter(({ on }) => on === 'objects' || on === 'class');
const slices = SLICES.map(({ name }) => name);

test.each(['city-cameras', 'hello-edge', 'hello-edge-argo', 'parcel-hubs', 'store-shelves'])(
  'what is made of %s fits its devices and passes every rule on objects',
  async (name) => {
    const [loaded] = await loadFleets([name], { cwd });
    const plan = planFleet(loaded!.spec, inventoryRows(loaded!, slices));
    const inputs = { loaded: loaded!, plan, releases: synthFleet(loaded!.spec) };
    const { findings, counts } = await checkFleet(inputs, { rules: onManifests, today: '2026-11-25' });
    expect(findings).toEqual([]);
    expect(counts.objects).toBeGreaterThan(5);
  },
);

test('what a hub gets to deliver hello-edge-argo passes every rule on objects', async () => {
  const [loaded] = await loadFleets(['hello-edge-argo'], { cwd });
  const sets = Object.entries(hubObjects(planFleet(loaded!.spec, undefined)));
  const given = sets.map(([file, object]) => ({ file, text: toYaml(object) }));
  const { findings, counts } = await checkFiles(given, { rules: onManifests });
  expect(findings).toEqual([]);
  expect(counts.objects).toBe(sets.length);
});
