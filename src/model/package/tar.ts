// Tar archives (POSIX ustar) whose bytes depend on nothing but the files' names and content.

/** A file of an archive; folders above it are added by themselves. */
export interface TarFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly content: Uint8Array;
  /** Whether it can be run. */
  readonly executable?: boolean;
}

const BLOCK = 512;

/**
 * Pack files: sorted by path, owned by root, readable (and, where they say so, executable) by all, from the epoch.
 * @throws RangeError for a path that ustar cannot hold (over 100 bytes)
 */
export function packTar(files: readonly TarFile[]): Uint8Array {
  const folders = new Set(files.flatMap(({ path }) => foldersAbove(path)));
  const entries = [
    ...[...folders].map((path) => ({ path: `${path}/`, content: undefined, executable: false })),
    ...files,
  ].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const parts = entries.flatMap(({ path, content, executable }) =>
    content === undefined
      ? [header(path, 0, '5', 0o755)]
      : [
          header(path, content.byteLength, '0', executable ? 0o555 : 0o444),
          content,
          new Uint8Array(padding(content.byteLength)),
        ],
  );
  return Buffer.concat([...parts, new Uint8Array(2 * BLOCK)]);
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

const padding = (bytes: number): number => (BLOCK - (bytes % BLOCK)) % BLOCK;

function header(path: string, bytes: number, type: '0' | '5', mode: number): Uint8Array {
  if (Buffer.byteLength(path) > 100)
    throw new RangeError(`${path} is longer than the 100 bytes that a tar header holds`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, width: number): void => {
    block.write(value.toString(8).padStart(width - 1, '0'), at, 'latin1');
  };
  block.write(path, 0);
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(bytes, 124, 12);
  octal(0, 136, 12);
  block.fill(' ', 148, 156);
  block.write(type, 156, 'latin1');
  block.write('ustar\u000000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
