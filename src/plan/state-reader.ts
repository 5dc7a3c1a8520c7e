import { UserError } from '../errors.ts';
import { findJsonError } from '../fleet/json-error.ts';
import type { ReleaseId, Version } from './plan.ts';

/**
 * Refuse Git's conflict markers, with what stands between them.
 * @throws UserError `ROLLOUT_CONFLICT`
 */
export function refuseConflict({ text, file }: Source): void {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith('<<<<<<<'));
  if (start === -1) return;
  const within = (from: number, marker: string): number =>
    lines.findIndex((line, index) => index > from && line.startsWith(marker));
  const middle = within(start, '=======');
  const end = within(start, '>>>>>>>');
  // With merge.conflictStyle diff3 the common ancestor stands in between.
  const base = within(start, '|||||||');
  const oursEnd = base !== -1 && base < middle ? base : middle;
  const side = (from: number, to: number): string =>
    lines
      .slice(from + 1, to === -1 ? undefined : to)
      .map((line) => `    ${line.trim()}`)
      .join('\n');
  const nameOf = (index: number): string => lines[index]?.slice(7).trim() ?? '';
  throw new UserError(
    'ROLLOUT_CONFLICT',
    `${file}:${start + 1}: two branches moved the same pointers:\n` +
      `  ${nameOf(start) || 'ours'}:\n${side(start, oursEnd)}\n` +
      `  ${nameOf(end) || 'theirs'}:\n${side(middle, end)}`,
    `keep one side, git checkout --ours or --theirs -- ${file}, then run breakwater synth`,
  );
}

/** A rollout file that is being read. */
export interface Source {
  readonly text: string;
  /** Its path, for messages. */
  readonly file: string;
}

/** @throws UserError `ROLLOUT_SYNTAX`, as all functions below */
export function readJson(source: Source): unknown {
  try {
    return JSON.parse(source.text);
  } catch (error) {
    const wrong = findJsonError(source.text);
    if (wrong === undefined) throw error;
    const line = source.text.slice(0, wrong.index).split('\n').length;
    const value = source.text.split('\n')[line - 1]?.trim() ?? '';
    throw syntaxError(source, line, `no JSON: ${wrong.message}, in: ${value}`);
  }
}

/**
 * Refuse a value.
 * @param place text by which its line is found
 * @param occurrence which of the lines with that text, from 0
 */
export function refuse(
  source: Source,
  place: string,
  value: unknown,
  expected: string,
  occurrence = 0,
): never {
  const lines = source.text.split('\n').flatMap((line, index) => (line.includes(place) ? [index + 1] : []));
  const told = JSON.stringify(value) ?? 'nothing';
  const short = told.length > LONGEST_TOLD ? `${told.slice(0, LONGEST_TOLD)}…` : told;
  throw syntaxError(source, lines[occurrence] ?? lines.at(-1) ?? 1, `expected ${expected}, got ${short}`);
}

const LONGEST_TOLD = 80;

/** An object with exactly these fields. */
export function readFields<K extends string>(
  source: Source,
  value: unknown,
  names: readonly K[],
  at: string = names[0]!,
): Record<K, unknown> {
  const record = readRecord(source, value, at);
  for (const key of Object.keys(record)) {
    if (!names.some((name) => name === key)) {
      refuse(source, JSON.stringify(key), key, `no field but ${names.join(', ')}`);
    }
  }
  const lacking = names.find((name) => !(name in record));
  if (lacking !== undefined) refuse(source, traceOf(record), record, `a field ${lacking}`);
  return record;
}

export function readRecord(source: Source, value: unknown, at: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  return refuse(source, JSON.stringify(at), value, 'an object');
}

export const readList = (source: Source, value: unknown, at: string): readonly unknown[] =>
  Array.isArray(value) ? value : refuse(source, JSON.stringify(at), value, 'a list');

export const readText = (source: Source, value: unknown, at: string): string =>
  typeof value === 'string' ? value : refuse(source, JSON.stringify(at), value, 'text');

export const readFlag = (source: Source, value: unknown, at: string): boolean =>
  typeof value === 'boolean' ? value : refuse(source, JSON.stringify(at), value, 'true or false');

export const readRelease = (source: Source, value: unknown, at: string): ReleaseId =>
  readDigest(source, value, at, /^r[0-9a-f]{12}$/, 'a release, r and 12 hexadecimal digits');

export const readVersion = (source: Source, value: unknown, at: string): Version =>
  readDigest(source, value, at, /^v[0-9a-f]{12}$/, 'a version, v and 12 hexadecimal digits');

function readDigest(source: Source, value: unknown, at: string, pattern: RegExp, expected: string): string {
  if (typeof value === 'string' && pattern.test(value)) return value;
  return refuse(source, `${JSON.stringify(at)}: ${JSON.stringify(value)}`, value, expected);
}

/** Text that the line of an object holds: its first field that is text. */
function traceOf(record: Record<string, unknown>): string {
  const [key, value] = Object.entries(record).find(([, of]) => typeof of === 'string') ?? [];
  return key === undefined ? '{' : `${JSON.stringify(key)}: ${JSON.stringify(value)}`;
}

export const syntaxError = ({ file }: Source, line: number, what: string): UserError =>
  new UserError(
    'ROLLOUT_SYNTAX',
    `${file}:${line}: ${what}`,
    `check the file out from Git again: git checkout HEAD -- ${file}`,
  );
