import { stripVTControlCharacters } from 'node:util';

/** All that a verb may know of the process: tests pass their own. */
export interface Io {
  readonly cwd: string;
  /** Environment variables: only what the user may set (`CI`, `NO_COLOR`, …). */
  readonly env: Readonly<Record<string, string | undefined>>;
  stdout(text: string): void;
  stderr(text: string): void;
  /** Whether stdout and stderr are terminals: colour and progress only there. */
  readonly terminal: { readonly stdout: boolean; readonly stderr: boolean; readonly columns: number };
  /** Now, in milliseconds since the epoch: soak and expiry only, never in what is generated. */
  now(): number;
  /** Resolves when the process is told to end, and keeps it from ending by itself; without it a server never stops. */
  untilStopped?(): Promise<void>;
}

/** 0 fine; 1 findings or differences; 2 the user's mistake; 3 ours; 4 a gate's INSUFFICIENT. */
export type ExitStatus = 0 | 1 | 2 | 3 | 4;

/**
 * An `Io` whose streams keep colour only where it can be seen: on a terminal, unless `NO_COLOR` is set.
 * @see https://no-color.org
 */
export function withColour(io: Io): Io {
  const wanted = (io.env['NO_COLOR'] ?? '') === '' && io.env['TERM'] !== 'dumb';
  const through =
    (seen: boolean, write: (text: string) => void) =>
    (text: string): void =>
      write(seen && wanted ? text : stripVTControlCharacters(text));
  return {
    ...io,
    now: () => io.now(),
    stdout: through(io.terminal.stdout, (text) => io.stdout(text)),
    stderr: through(io.terminal.stderr, (text) => io.stderr(text)),
  };
}

/**
 * Say what is being done, on one line of stderr that the next call replaces; only where stderr is a terminal.
 * An empty text takes the line away.
 */
export function progress(io: Io, text: string): void {
  if (io.terminal.stderr) io.stderr(`\r\u001B[K${text}`);
}
