// A repository of fleets in a folder of its own, and Breakwater's own verbs on it.

import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { buildFleets } from '../../src/cli/build-fleets.ts';
import type { Io } from '../../src/cli/io.ts';
import { main } from '../../src/cli/main.ts';
import { writeFleets } from '../../src/output/synth.ts';
import type { KubeObject } from '../../src/synth/manifests.ts';

export interface Repository {
  /** Absolute. */
  readonly root: string;
  /**
   * Run a verb.
   * @returns what it prints on stdout
   * @throws Error with what it prints on stderr, where it does not end with 0
   */
  run(...argv: readonly string[]): Promise<string>;
  /** Generate all fleets, whatever the rules say about their definitions: that is other tests' business. */
  synthAll(): Promise<void>;
  write(path: string, content: string): void;
  read(path: string): string;
  /** Files below a folder, from the root, in byte order. */
  files(folder: string): readonly string[];
}

/**
 * Make a repository in the folder of the run.
 * @param from folder to copy `fleets/` from
 */
export function createRepository(runFolder: string, from?: string): Repository {
  const root = mkdtempSync(join(runFolder, 'repository-'));
  // What fleets import.
  symlinkSync(join(process.cwd(), 'node_modules'), join(root, 'node_modules'));
  if (from !== undefined) cpSync(join(from, 'fleets'), join(root, 'fleets'), { recursive: true });
  return openRepository(root);
}

/** A repository that is there. */
export function openRepository(root: string): Repository {
  return {
    root,
    async run(...argv) {
      const { io, stdout, stderr } = listen(root);
      const status = await main(argv, io);
      if (status === 0) return stdout();
      throw new Error(`breakwater ${argv.join(' ')} ended with ${status}:\n${stderr()}${stdout()}`);
    },
    async synthAll() {
      const fleets = await buildFleets([], listen(root).io);
      writeFleets({ root, fleets, breakwater: '0.0.0-test' });
    },
    write(path, content) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    },
    read: (path) => readFileSync(join(root, path), 'utf8'),
    files: (folder) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
        .toSorted(),
  };
}

/** What a verb may know of the process, and what it said. */
function listen(cwd: string): { io: Io; stdout: () => string; stderr: () => string } {
  let stdout = '';
  let stderr = '';
  const io: Io = {
    cwd,
    env: { NO_COLOR: '1' },
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
    terminal: { stdout: false, stderr: false, columns: 100 },
    now: () => Date.now(),
  };
  return { io, stdout: () => stdout, stderr: () => stderr };
}

/** The objects of a text of YAML documents, as Kubernetes reads YAML. */
export const objectsOf = (text: string): readonly KubeObject[] =>
  parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS() as KubeObject);
