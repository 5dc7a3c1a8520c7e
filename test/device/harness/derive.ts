// A fleet made from hello-edge by an edit, as an engineer makes one: its definition is JSON, Breakwater does the rest.

import { loadFleets } from '../../../src/fleet/load.ts';
import type { ClassSpec } from '../../../src/fleet/class-spec.ts';
import type { ModelServerSpec } from '../../../src/fleet/spec.ts';
import { generatedFor, type Generated } from '../../harness/generated.ts';
import { createRepository } from '../../harness/repository.ts';
import type { Draft } from '../../harness/story.ts';

/** Definition of hello-edge under another name. */
export async function draftOf(name: string): Promise<Draft> {
  const [hello] = await loadFleets(['hello-edge'], { cwd: process.cwd() });
  const draft = structuredClone(hello!.spec) as Draft;
  draft.name = name;
  return draft;
}

export function editClass(draft: Draft, change: Partial<ClassSpec>): void {
  draft.classes = { 'mini-pc': { ...draft.classes['mini-pc']!, ...change } };
}

export const serverOf = (draft: Draft): ModelServerSpec => draft.workloads['inference'] as ModelServerSpec;

/** Write the definition into a repository of its own and generate what a cluster of it gets. */
export async function synthDraft(folder: string, draft: Draft): Promise<Generated> {
  const repository = createRepository(folder, process.cwd());
  repository.write(`fleets/${draft.name}.json`, JSON.stringify(draft));
  await repository.run('synth', draft.name);
  const [generated] = await generatedFor(repository, draft.name);
  return generated!;
}
