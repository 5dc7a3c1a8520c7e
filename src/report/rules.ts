import type { Rule } from '../check/rule.ts';
import { bold } from './style.ts';
import { json, table } from './text.ts';

/** Formats of `rules`: the keys are the choices of `--format`. */
export const rulesFormats = {
  pretty: (rules: readonly Rule[]): string =>
    table(
      ['rule', 'severity', 'on', 'what it checks'].map(bold),
      rules.map(({ id, severity, on, summary }) => [id, severity, on, summary]),
    ),
  json: (rules: readonly Rule[]): string =>
    json({
      schemaVersion: 1,
      rules: rules.map(({ id, on, severity, summary, why, source, since }) => ({
        id,
        on,
        severity,
        summary,
        why,
        source,
        since,
      })),
    }),
} as const;
