/**
 * The file-system calls that writing makes. All of them go through this interface, so that a test can stop
 * before and after each one. Paths are absolute. Errors are Node's own (`code` ENOENT, ENOSPC, …).
 */
export interface FileSystem {
  /** `undefined` where there is no such file. */
  read(path: string): Buffer | undefined;
  /** Names in a folder, in byte order, folders with a trailing `/`; empty where there is no such folder. */
  list(path: string): readonly string[];
  /** Makes or replaces a file; its folder exists. */
  write(path: string, content: string | Uint8Array): void;
  /** Returns once a file's bytes, or a folder's names, would survive a power cut. */
  flush(path: string): void;
  rename(from: string, to: string): void;
  /** Makes a folder and those above it. */
  makeFolder(path: string): void;
  /** Removes one file. */
  removeFile(path: string): void;
  /** Removes one empty folder. */
  removeFolder(path: string): void;
  /** Names this run among those on this machine. */
  readonly pid: number;
  /** Whether a process of that number is alive on this machine. */
  isRunning(pid: number): boolean;
}
