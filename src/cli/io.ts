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
}

/** 0 fine; 1 findings or differences; 2 the user's mistake; 3 ours; 4 a gate's INSUFFICIENT. */
export type ExitStatus = 0 | 1 | 2 | 3 | 4;
