import { UserError } from '../errors.ts';

/**
 * Refuse Git's conflict markers, with what stands between them.
 * @throws UserError `ROLLOUT_CONFLICT`
 */
export function refuseConflict(text: string, file: string): void {
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

/** Reads the values of a rollout file; each refusal names file, line and value. */
export class StateReader {
  readonly #text: string;
  readonly #file: string;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  json(): unknown {
    try {
      return JSON.parse(this.#text);
    } catch (error) {
      const offset = /position (\d+)/.exec(String(error))?.[1];
      const at = offset === undefined ? this.#text.trimEnd().length : Number(offset);
      const line = this.#text.slice(0, at).split('\n').length;
      throw this.#error(line, JSON.stringify(this.#text.split('\n')[line - 1] ?? ''), 'JSON', error);
    }
  }

  /**
   * Refuse a value.
   * @param place text by which its line is found
   * @param occurrence which of the lines with that text, from 0
   */
  refuse(place: string, value: unknown, expected: string, occurrence = 0): never {
    const lines = this.#text.split('\n').flatMap((line, index) => (line.includes(place) ? [index + 1] : []));
    throw this.#error(lines[occurrence] ?? lines.at(-1) ?? 1, JSON.stringify(value) ?? 'nothing', expected);
  }

  /** An object with exactly these fields. */
  fields<K extends string>(value: unknown, names: readonly K[], at?: string): Record<K, unknown> {
    const record = this.record(value, at ?? names[0]!);
    for (const key of Object.keys(record)) {
      if (!names.some((name) => name === key))
        this.refuse(JSON.stringify(key), key, `no field but ${names.join(', ')}`);
    }
    const lacking = names.find((name) => !(name in record));
    if (lacking !== undefined) this.refuse(this.#trace(record), record, `a field ${lacking}`);
    return record;
  }

  record(value: unknown, at: string): Record<string, unknown> {
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
    return this.refuse(JSON.stringify(at), value, 'an object');
  }

  list(value: unknown, at: string): readonly unknown[] {
    return Array.isArray(value) ? value : this.refuse(JSON.stringify(at), value, 'a list');
  }

  text(value: unknown, at: string): string {
    return typeof value === 'string' ? value : this.refuse(JSON.stringify(at), value, 'text');
  }

  flag(value: unknown, at: string): boolean {
    return typeof value === 'boolean' ? value : this.refuse(JSON.stringify(at), value, 'true or false');
  }

  release(value: unknown, at: string): string {
    return this.#digest(value, at, /^r[0-9a-f]{12}$/, 'a release, r and 12 hexadecimal digits');
  }

  version(value: unknown, at: string): string {
    return this.#digest(value, at, /^v[0-9a-f]{12}$/, 'a version, v and 12 hexadecimal digits');
  }

  #digest(value: unknown, at: string, pattern: RegExp, expected: string): string {
    if (typeof value === 'string' && pattern.test(value)) return value;
    return this.refuse(`${JSON.stringify(at)}: ${JSON.stringify(value)}`, value, expected);
  }

  /** Text that the line of an object holds: its first field that is text. */
  #trace(record: Record<string, unknown>): string {
    const [key, value] = Object.entries(record).find(([, of]) => typeof of === 'string') ?? [];
    return key === undefined ? '{' : `${JSON.stringify(key)}: ${JSON.stringify(value)}`;
  }

  #error(line: number, value: string, expected: string, cause?: unknown): UserError {
    return new UserError(
      'ROLLOUT_SYNTAX',
      `${this.#file}:${line}: expected ${expected}, got ${value}`,
      `check the file out from Git again: git checkout HEAD -- ${this.#file}`,
      { cause },
    );
  }
}
