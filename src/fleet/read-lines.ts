import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK = 1 << 16;

/**
 * The lines of a UTF-8 file, one after the other; never more than a chunk of it in memory. A byte order mark and the
 * line feeds of Windows are left out.
 *
 * @throws Node's own errors where the file cannot be read; TypeError where it is not UTF-8
 */
export function* readLines(path: string): Generator<string> {
  const file = openSync(path, 'r');
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    const buffer = Buffer.allocUnsafe(CHUNK);
    let rest = '';
    for (let size = -1; size !== 0;) {
      size = readSync(file, buffer, 0, CHUNK, null);
      const text = rest + decoder.decode(buffer.subarray(0, size), { stream: size > 0 });
      const end = text.lastIndexOf('\n');
      rest = text.slice(end + 1);
      if (end < 0) continue;
      for (const line of text.slice(0, end).split('\n')) yield line.endsWith('\r') ? line.slice(0, -1) : line;
    }
    if (rest !== '') yield rest;
  } finally {
    closeSync(file);
  }
}
