import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Evidence, EvidenceRow } from '../../src/gate/evidence.ts';
import { parseState } from '../../src/plan/state-file.ts';
import type { PlanFile } from '../../src/plan/plan.ts';
import { helloFiles, repository, type Repository } from './repository.ts';
import { run } from './run.ts';

const GATE =
  "gate: { baseline: 0.005, detect: 0.01, alpha: 0.01, beta: 0.01, ceiling: 0.05, window: '10m', overdueAfter: '6h', correlation: { device: 0.5 } }";

/**
 * A fleet large enough for statistics, with a first release everywhere, and a second one on the canary that is not
 * committed yet.
 */
export async function gatedCanary(): Promise<Repository> {
  const now = (): number => Date.parse('2026-01-01T00:00:00Z');
  const files = helloFiles();
  const fleet = files['fleets/hello.ts']!.replace('clusters: 1_000,', 'clusters: 30_000,')
    .replace(/budget: \{[^}]*\}/, 'budget: { maxHarmedDevices: 5_000, maxDevicesPerPromotion: 5_000 }')
    .replace(/gate: \{ by[^}]*\}/, GATE);
  const repo = repository({ ...files, 'fleets/hello.ts': fleet });
  const first = await run(repo.folder, ['synth'], { now });
  expect(first).toMatchObject({ status: 0, stderr: '' });
  repo.commit('2026-01-01T00:00:00Z');
  writeFileSync(join(repo.folder, 'fleets/hello.ts'), fleet.replace("memory: '512Mi'", "memory: '640Mi'"));
  const { status, stderr } = await run(repo.folder, ['synth'], { now });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return repo;
}

/**
 * What every slice shows over a day, where so many of a thousand requests fail on the new release.
 * @param to when it ends
 */
export function evidenceOf(
  { folder }: Repository,
  badOfThousand: number,
  to = '2026-01-02T00:00:00Z',
): Evidence {
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const plan = JSON.parse(read('generated/hello/plan.json')) as PlanFile;
  const state = parseState(read('fleets/hello.rollout.json'), 'fleets/hello.rollout.json');
  const from = new Date(Date.parse(to) - 86_400_000).toISOString();
  const rows = Object.entries(state.classes).flatMap(([name, { pointers, settled }]) =>
    plan.slices.map((slice): EvidenceRow => {
      const { runs } = pointers[slice.name]!;
      const { versions } = JSON.parse(read(`generated/hello/releases/${name}/${runs}/release.json`)) as {
        versions: Record<string, string>;
      };
      const { devices } = slice.classes[name]!;
      const overdue = Math.round(devices * 0.005);
      const reported = devices - overdue;
      const bad = runs === settled ? 4 : badOfThousand;
      return {
        class: name,
        slice: slice.name,
        workload: 'inference',
        version: versions['inference']!,
        from,
        to,
        assigned: devices,
        reported,
        overdue,
        ok: reported * (1000 - bad),
        bad: reported * bad,
      };
    }),
  );
  return { schemaVersion: 1, fleet: 'hello', rows };
}

export function writeEvidence({ folder }: Repository, evidence: unknown): void {
  writeFileSync(
    join(folder, 'evidence.json'),
    typeof evidence === 'string' ? evidence : JSON.stringify(evidence),
  );
}
