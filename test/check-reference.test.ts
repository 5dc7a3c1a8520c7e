import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkFleet } from '../src/check/check.ts';
import { inventoryRows } from '../src/fleet/inventory.ts';
import { loadFleets } from '../src/fleet/load.ts';
import { SLICES } from '../src/plan/slices.ts';
import { planFleet } from '../src/plan/waves.ts';
import { rules } from '../src/rules/index.ts';
import { synthFleet } from '../src/synth/index.ts';

const cwd = fileURLToPath(new URL('..', import.meta.url));
const onManifests = rules.filter(({ on }) => on === 'objects' || on === 'class');
const slices = SLICES.map(({ name }) => name);

test.each(['city-cameras', 'hello-edge', 'store-shelves'])(
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
