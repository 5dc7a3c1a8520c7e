import type { PlacedObject } from '../synth/manifests.ts';
import type { ObjectsSubject } from './rule.ts';
import type { SchemaSet } from './schema-set.ts';
import { structureProblems, type Problem } from './structure.ts';

/** Four rules ask the same of the same objects. */
const known = new WeakMap<
  PlacedObject,
  { readonly schemas: SchemaSet; readonly problems: readonly Problem[] }
>();

function problemsOf(placed: PlacedObject, schemas: SchemaSet): readonly Problem[] {
  const before = known.get(placed);
  if (before?.schemas === schemas) return before.problems;
  const { object } = placed;
  const kind = schemas.find(object.apiVersion, object.kind);
  const problems = kind === undefined ? [] : structureProblems(object, kind, schemas);
  known.set(placed, { schemas, problems });
  return problems;
}

/** Each problem of one sort in the structure of objects whose kind has a schema. */
export function* structureOfObjects<Is extends Problem['is']>(
  { objects, schemas }: ObjectsSubject,
  is: Is,
): Generator<{ readonly placed: PlacedObject; readonly problem: Extract<Problem, { is: Is }> }> {
  if (schemas === undefined) return;
  for (const placed of objects) {
    for (const problem of problemsOf(placed, schemas)) {
      if (problem.is === is) yield { placed, problem: problem as Extract<Problem, { is: Is }> };
    }
  }
}
