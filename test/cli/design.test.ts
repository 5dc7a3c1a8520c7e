import * as fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import type { CheckReport } from '../../src/check/finding.ts';
import { designRollout, remarksOn } from '../../src/cli/design/design.ts';
import { usableGate } from '../../src/cli/design/usable-gate.ts';
import type { RolloutSpec } from '../../src/fleet/spec.ts';
import { planFleet } from '../../src/plan/waves.ts';
import { exampleFleet } from '../../src/rules/example-fleet.ts';
import { project } from '../project.ts';
import { run } from './run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const NAIVE = 'test/fixtures/naive-rollout.ts';

interface Designed {
  readonly rollout: RolloutSpec;
  readonly snippet: string;
  readonly findings: number;
  readonly remarks: readonly unknown[];
}

async function design(fleet: string): Promise<Designed> {
  const { status, stdout, stderr } = await run(root, ['plan', fleet, '--design', '--format', 'json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return (JSON.parse(stdout) as { fleets: [Designed] }).fleets[0];
}

test('a designed alternative stands beside the naive rollout, with what each lets happen', async () => {
  const { stdout } = await run(root, ['plan', NAIVE, '--design']);
  expect(stdout).toMatchInlineSnapshot(`
    "naive-rollout test/fixtures/naive-rollout.ts

                                  defined                                designed
      waves                       one 1 %, ten 10 %, all 100 %           canary 2 %, rest 100 %
      first wave                  10,000 devices                         20,000 devices
      passes unseen               just under 4.5 points: 45,000 devices  just under 1 point: 10,000 devices
      silent unseen               everything: 1,000,000 devices          just under 5 points: 50,000 devices
      known after                 5 min                                  6 h 5 min
      moved by then               900,000 devices at most                200,000 devices at most
      harmed by then              900,000 devices at most                20,000 devices at most
      promotions                  2, the last after 0 s at the earliest  5, the last after 2 d 4 h at the earliest
      findings about the rollout  9                                      0

      in place of the rollout of test/fixtures/naive-rollout.ts:

        rollout: {
          salt: 'naive',
          waves: [
            { name: 'canary', percent: 2, soak: '24h' },
            { name: 'rest', percent: 100, pause: '7h' },
          ],
          gate: {
            baseline: 0.005,
            detect: 0.01,
            alpha: 0.05,
            beta: 0.05,
            window: '5m',
            ceiling: 0.05,
            overdueAfter: '6h',
            correlation: { cluster: 0.1 },
          },
          budget: { maxHarmedDevices: 20_000, maxDevicesPerPromotion: 200_000 },
        },
    "
  `);
});

test.each([...readdirSync(`${root}generated`), NAIVE])(
  'what is designed for %s is TypeScript, and no rule has a word to say about it',
  async (fleet) => {
    const { rollout, snippet, remarks } = await design(fleet);
    expect(remarks).toEqual([]);
    const pasted = runInNewContext(`({ ${snippet} }).rollout`) as RolloutSpec;
    expect(JSON.parse(JSON.stringify(pasted))).toEqual(JSON.parse(JSON.stringify(rollout)));
    expect(rollout.waves.length).toBe(2);
  },
);

test('pasted over the naive rollout it leaves no finding about the rollout', async () => {
  const { snippet, findings } = await design(NAIVE);
  const text = readFileSync(`${root}${NAIVE}`, 'utf8');
  const begin = text.indexOf('  rollout: {');
  const end = text.indexOf('\n  },\n', begin) + '\n  },\n'.length;
  const folder = project({ 'fleets/naive-rollout.ts': text.slice(0, begin) + snippet + text.slice(end) });
  const about = async (cwd: string, fleet: string): Promise<string[]> => {
    const { stdout } = await run(cwd, ['validate', fleet, '--format', 'json']);
    const report = JSON.parse(stdout) as CheckReport;
    return report.findings.filter(({ path }) => path.startsWith('/rollout')).map(({ rule }) => rule);
  };
  expect((await about(root, NAIVE)).length).toBe(findings);
  expect(findings).toBeGreaterThan(5);
  expect(await about(folder, 'naive-rollout')).toEqual([]);
});

describe('laws', () => {
  const fleets = fc
    .record({
      clusters: fc.integer({ min: 30, max: 200_000 }),
      devices: fc.integer({ min: 1, max: 60 }),
      detect: fc.constantFrom(0.005, 0.01, 0.03),
      correlation: fc.record({ device: fc.constantFrom(0.05, 0.5, 1), cluster: fc.constantFrom(0.01, 0.1) }),
      most: fc.option(fc.integer({ min: 10, max: 50_000 }), { nil: undefined }),
    })
    .map(({ clusters, devices, detect, correlation, most }) =>
      exampleFleet({
        classes: { n100: { maxDevicesPerCluster: 60 } },
        inventory: [{ class: 'n100', region: 'eu', clusters, devicesPerCluster: devices }],
        rollout: { gate: { detect, correlation }, budget: { maxHarmedDevices: most } },
      }),
    );

  test('what rules said of a design is what they say once it is pasted, and a declared budget stays', () => {
    fc.assert(
      fc.property(fleets, ({ spec, plan }) => {
        const { rollout, remarks } = designRollout({ spec, plan, gate: usableGate(spec, plan), pullMs: 0 });
        const pasted = { ...spec, rollout };
        expect(remarksOn(pasted, planFleet(pasted, undefined)).map(({ rule, path }) => [rule, path])).toEqual(
          remarks.map(({ rule, path }) => [rule, path]),
        );
        const most = rollout.budget?.maxHarmedDevices;
        expect(spec.rollout.budget?.maxHarmedDevices ?? most).toBe(most);
      }),
      { numRuns: 15 },
    );
  });

  test('without a declared budget there is a design without errors', () => {
    fc.assert(
      fc.property(fleets, ({ spec: { rollout: defined, ...spec }, plan }) => {
        const free = { ...spec, rollout: { ...defined, budget: {} } };
        const { remarks } = designRollout({ spec: free, plan, gate: usableGate(free, plan), pullMs: 0 });
        expect(remarks.filter(({ severity }) => severity === 'error')).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });
});
