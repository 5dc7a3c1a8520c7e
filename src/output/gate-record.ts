import type { FileSystem } from './file-system.ts';
import { besideOf, foldersAbove, gateRecordFile } from './layout.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { formatCompact } from './plan-file.ts';
import { reporting } from './reporting.ts';
import type { Change } from './work.ts';

/** What is written down, and where it belongs. */
export interface RecordRequest {
  readonly fs?: FileSystem;
  /** Absolute path of the repository. */
  readonly root: string;
  readonly records: readonly {
    readonly fleet: string;
    readonly class: string;
    readonly release: string;
    readonly wave: string;
  }[];
}

/**
 * Write down what a gate said, one file for each class, each written beside its place and renamed into it.
 * @returns what differs, in the order of the records
 */
export function writeGateRecords({ fs: disk = nodeFileSystem, root, records }: RecordRequest): Change[] {
  const fs = reporting(disk, root);
  return records.flatMap((record): Change[] => {
    const file = gateRecordFile(record);
    const path = `${root}/${file}`;
    const text = formatCompact(record);
    const before = fs.read(path)?.toString('utf8');
    if (before === text) return [];
    fs.makeFolder(foldersAbove(path)[0]!);
    fs.write(besideOf(path), text);
    fs.flush(besideOf(path));
    fs.rename(besideOf(path), path);
    return [{ file, change: before === undefined ? 'created' : 'configured' }];
  });
}
