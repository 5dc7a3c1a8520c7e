import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Ran, run } from './run.ts';
import { repository, type Repository } from './repository.ts';

/** A clock that stands. */
export const at = (time: string) => ({ now: () => Date.parse(time) });

/** Ids change whenever the manifests do: in snapshots they are named in the order of their appearance. */
export function named(): (text: string) => string {
  const names = new Map<string, string>();
  return (text) =>
    text
      .replaceAll(/\br[0-9a-f]{12}\b/g, (id) => {
        names.set(id, names.get(id) ?? `<release ${names.size + 1}>`);
        return names.get(id)!;
      })
      .replaceAll(/\b[0-9a-f]{10} (?=\d{4}-)/g, '<commit> ');
}

/** The output of a run that must succeed without a word on stderr. */
export async function ok(ran: Promise<Ran>): Promise<string> {
  const { status, stdout, stderr } = await ran;
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

/** Change the definition of {@link repository}'s fleet. */
export function edit({ folder }: Repository, from: string, to: string): void {
  const file = join(folder, 'fleets/hello.ts');
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
}

/** A first release, committed at midnight; a second one on the canary, committed at one. */
export async function withCanary(): Promise<Repository> {
  const repo = repository();
  await ok(run(repo.folder, ['synth'], at('2026-01-01T00:00:00Z')));
  repo.commit('2026-01-01T00:00:00Z');
  edit(repo, "memory: '512Mi'", "memory: '640Mi'");
  await ok(run(repo.folder, ['synth'], at('2026-01-01T01:00:00Z')));
  repo.commit('2026-01-01T01:00:00Z');
  return repo;
}
