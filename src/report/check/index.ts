import type { CheckReport } from '../../check/finding.ts';
import { json } from '../text.ts';
import { markdown } from './markdown.ts';
import { pretty } from './pretty.ts';
import { sarif } from './sarif.ts';

/** Formats of `validate`: the keys are the choices of `--format`. */
export const checkFormats = {
  pretty,
  json: (report: CheckReport): string => json({ schemaVersion: 1, ...report }),
  sarif,
  markdown,
} as const;
