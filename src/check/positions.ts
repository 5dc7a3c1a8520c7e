import type { Document, LineCounter } from 'yaml';
import { stepsOf } from './json.ts';
import type { Position } from './finding.ts';
import { GO_YAML } from './go-yaml.ts';

/** Finds a place in YAML text by document, from 0, and JSON Pointer. */
export type FindPosition = (text: string, document: number, pointer: string) => Position | undefined;

/**
 * Load what finds positions. Only needed once there is something to report, since parsing with positions takes
 * 2 ms for 1 kB of YAML.
 *
 * Points at the key of a mapping's entry, at the item of a list; where the path leaves the document, at the last
 * part of it that exists.
 */
export async function loadPositions(): Promise<FindPosition> {
  const { isMap, isScalar, isSeq, LineCounter, parseAllDocuments } = await import('yaml');
  const parsed = new Map<string, { documents: readonly Document[]; lines: LineCounter }>();

  const parse = (text: string): { documents: readonly Document[]; lines: LineCounter } => {
    const lines = new LineCounter();
    const documents = parseAllDocuments(text, { ...GO_YAML, lineCounter: lines });
    const entry = { documents: Array.isArray(documents) ? documents : [], lines };
    parsed.set(text, entry);
    return entry;
  };

  return (text, document, pointer) => {
    const { documents, lines } = parsed.get(text) ?? parse(text);
    let node: unknown = documents[document]?.contents;
    let offset = offsetOf(node);
    for (const key of stepsOf(pointer)) {
      if (isMap(node)) {
        const pair = node.items.find(({ key: name }) => isScalar(name) && String(name.value) === key);
        if (pair === undefined) break;
        offset = offsetOf(pair.key) ?? offset;
        node = pair.value;
      } else if (isSeq(node)) {
        node = node.items[Number(key)];
        if (node === undefined) break;
        offset = offsetOf(node) ?? offset;
      } else break;
    }
    if (offset === undefined) return undefined;
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
}

function offsetOf(node: unknown): number | undefined {
  const range = (node as { range?: readonly number[] } | null | undefined)?.range;
  return range?.[0];
}
