import { fileURLToPath } from 'node:url';

/** Folder of this program: `src/` or `dist/`. */
const OURS = fileURLToPath(new URL('..', import.meta.url));

/**
 * The innermost line of the user's own files in an error's stack: neither ours, nor Node's, nor a package's.
 * @returns such as `at fleets/x.ts:12:5`, or `undefined` where there is none
 */
export function ownFrame(error: Error): string | undefined {
  const frames = (error.stack ?? '').split('\n').map((line) => line.trim());
  return frames.find(
    (line) =>
      line.startsWith('at ') &&
      /[./\\]/.test(line) &&
      !/node:|node_modules|<anonymous>/.test(line) &&
      !line.includes(OURS),
  );
}
