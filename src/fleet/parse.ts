import { UserError } from '../errors.ts';
import { crossProblems } from './cross-check.ts';
import type { Problem } from './schema-problems.ts';
import { schemaProblems, show } from './schema-problems.ts';
import type { WrittenFleet } from './model-lock.ts';

/**
 * Check that a value is a fleet definition, and return it.
 *
 * Plain cdk8s workloads are functions, which no schema knows: while the schema looks, markers stand for them.
 *
 * @param file path of the definition, for messages
 * @throws UserError `FLEET_SCHEMA`, with one line for each problem
 */
export async function parseFleet(value: unknown, file: string): Promise<WrittenFleet> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UserError(
      'FLEET_SCHEMA',
      `the default export of ${file} is ${show(value)}, not a fleet definition`,
      'export default defineFleet({ … })',
    );
  }
  const { $schema: _, ...definition } = value as Readonly<Record<string, unknown>>;
  const validate = (await import('#validators/fleet')).default;
  const markers = unmarked(definition['workloads']);
  if (markers.length > 0) refuse(file, markers);
  if (!validate({ ...definition, workloads: withMarkers(definition['workloads']) })) {
    refuse(file, schemaProblems(validate.errors ?? []));
  }
  const spec = definition as unknown as WrittenFleet; // the schema has just said so
  const problems = [...crossProblems(spec)];
  if (problems.length > 0) refuse(file, problems);
  return spec;
}

function refuse(file: string, problems: readonly Problem[]): never {
  throw new UserError(
    'FLEET_SCHEMA',
    `${file} is not a fleet definition:${problems.map(({ path, text }) => `\n  ${path || '/'} ${text}`).join('')}`,
    'correct the values; `breakwater schema` prints all that a definition may hold',
  );
}

const entriesOf = (workloads: unknown): readonly (readonly [string, unknown])[] =>
  typeof workloads === 'object' && workloads !== null ? Object.entries(workloads) : [];

function withMarkers(workloads: unknown): unknown {
  if (typeof workloads !== 'object' || workloads === null || Array.isArray(workloads)) return workloads;
  return Object.fromEntries(
    entriesOf(workloads).map(([name, workload]) => [
      name,
      typeof workload === 'function' ? { kind: 'construct' } : workload,
    ]),
  );
}

/** A marker that somebody wrote by hand stands for no function. */
function unmarked(workloads: unknown): Problem[] {
  return entriesOf(workloads)
    .filter(([, workload]) => (workload as { readonly kind?: unknown } | null)?.kind === 'construct')
    .map(([name]) => ({
      path: `/workloads/${name}`,
      text: 'is a marker for plain cdk8s: write the function itself, in TypeScript or JavaScript',
    }));
}
