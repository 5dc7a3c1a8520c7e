import { resolve } from 'node:path';
import isEvidence from '#validators/evidence';
import { UserError } from '../errors.ts';
import { readJson } from '../fleet/read-json.ts';
import { schemaProblems } from '../fleet/schema-problems.ts';
import type { Evidence } from '../gate/evidence.ts';

/** Most problems that an error lists. */
const SHOWN = 5;

/**
 * Read evidence and check it against `schemas/evidence.schema.json`.
 * @throws UserError `FILE_READ`, `EVIDENCE`
 */
export function readEvidence(cwd: string, file: string): Evidence {
  const evidence = readJson(resolve(cwd, file), file, 'EVIDENCE');
  if (isEvidence(evidence)) return evidence as Evidence;
  const problems = schemaProblems(isEvidence.errors ?? []);
  const told = problems.slice(0, SHOWN).map(({ path, text }) => `\n  ${path || '/'} ${text}`);
  const more = problems.length > SHOWN ? `\n  and ${problems.length - SHOWN} more` : '';
  throw new UserError(
    'EVIDENCE',
    `${file} is no evidence for a gate:${told.join('')}${more}`,
    'see breakwater schema evidence',
  );
}
