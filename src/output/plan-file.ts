import isPlan from '#validators/plan';
import { UserError } from '../errors.ts';
import { schemaProblems } from '../fleet/schema-problems.ts';
import type { Plan, PlanFile, WantedRelease } from '../plan/plan.ts';
import type { Releases } from '../synth/manifests.ts';

/** Most problems that an error lists. */
const SHOWN = 5;

/** Longest line that holds a whole object or list. */
const COLUMNS = 110;

/** What goes into `plan.json`. */
export function planFile(plan: Plan, releases: Releases): PlanFile {
  const wanted = Object.fromEntries(
    Object.entries(releases).map(([name, { id, versions }]): [string, WantedRelease] => [
      name,
      { release: id, versions },
    ]),
  );
  return { schemaVersion: 1, ...plan, wanted };
}

/** The text of `plan.json`: the same bytes for the same plan, one line for what fits on one. */
export const formatPlan = (plan: PlanFile): string => formatCompact(plan);

/** JSON with one line for what fits on one. */
export const formatCompact = (value: unknown): string => `${formatJson(value, '')}\n`;

/**
 * Read a plan and check it against `schemas/plan.schema.json`.
 *
 * @param file path for messages
 * @throws UserError `PLAN_SYNTAX`
 */
export function parsePlan(text: string, file: string): PlanFile {
  const hint = 'run breakwater synth, which writes it again';
  let plan: PlanFile;
  try {
    plan = JSON.parse(text) as PlanFile;
  } catch (error) {
    const what = /^<{7} /m.test(text) ? "holds Git's conflict markers" : 'is not JSON';
    throw new UserError('PLAN_SYNTAX', `${file} ${what}`, hint, { cause: error });
  }
  if (plan?.schemaVersion !== 1) {
    const version = JSON.stringify(plan?.schemaVersion) ?? 'none';
    throw new UserError('PLAN_SYNTAX', `${file} has schemaVersion ${version}, expected 1`, hint);
  }
  if (isPlan(plan)) return plan;
  const problems = schemaProblems(isPlan.errors ?? []);
  const told = problems.slice(0, SHOWN).map(({ path, text }) => `\n  ${path || '/'} ${text}`);
  throw new UserError('PLAN_SYNTAX', `${file} is not as breakwater writes it:${told.join('')}`, hint);
}

function formatJson(value: unknown, indent: string, room = COLUMNS - indent.length): string {
  const line = oneLine(value);
  if (line.length <= room || typeof value !== 'object' || value === null) return line;
  const deeper = `${indent}  `;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const lines = Array.isArray(value)
    ? value.map((item) => deeper + formatJson(item, deeper))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => {
          const label = `${JSON.stringify(key)}: `;
          return deeper + label + formatJson(item, deeper, COLUMNS - deeper.length - label.length);
        });
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

function oneLine(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  const fields = Object.entries(value).filter(([, item]) => item !== undefined);
  if (fields.length === 0) return '{}';
  return `{ ${fields.map(([key, item]) => `${JSON.stringify(key)}: ${oneLine(item)}`).join(', ')} }`;
}
