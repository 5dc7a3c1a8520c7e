import type { Document } from 'yaml';
import type { KubeObject, PlacedObject } from '../synth/manifests.ts';
import type { Position } from './finding.ts';
import { GO_YAML } from './go-yaml.ts';
import { asList, asRecord, asText } from './json.ts';
import type { FileProblem } from './rule.ts';

/** A YAML or JSON file as the API server would read it. */
export interface YamlFile {
  readonly file: string;
  readonly text: string;
  readonly objects: readonly PlacedObject[];
  /** For items of a List: their pointer in the document. */
  readonly prefixes: ReadonlyMap<PlacedObject, string>;
  readonly problems: readonly FileProblem[];
}

const START: Position = { line: 1, column: 1 };

/**
 * Read the objects of a file, of all its documents and of Lists in them. Never throws for what the text holds: what
 * is no object is a problem, with its line and column.
 *
 * @param file its path, for findings
 */
export async function readYaml(file: string, text: string): Promise<YamlFile> {
  const { LineCounter, parseAllDocuments } = await import('yaml');
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { ...GO_YAML, lineCounter: lines });
  const documents: readonly Document[] = Array.isArray(parsed) ? parsed : [];
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };

  const objects: PlacedObject[] = [];
  const prefixes = new Map<PlacedObject, string>();
  const problems: FileProblem[] = [];
  documents.forEach((document, index) => {
    for (const error of document.errors) {
      problems.push({ kind: 'syntax', message: wordsOf(error.message), position: at(error.pos[0]) });
    }
    if (document.errors.length > 0) return;
    const position = at(document.contents?.range?.[0] ?? document.range?.[0] ?? 0);
    const { explicit, version } = document.directives?.yaml ?? {};
    if (explicit === true && version !== '1.1') {
      const message = `document declares YAML ${version}, and the API server reads 1.1 only`;
      problems.push({ kind: 'syntax', message, position });
      return;
    }
    let value: unknown;
    try {
      value = document.toJS();
    } catch (error) {
      // Aliases that expand without end, or that name nothing.
      problems.push({ kind: 'syntax', message: wordsOf((error as Error).message), position });
      return;
    }
    // A document of comments alone is nothing: the API server skips it too.
    if (value === null || value === undefined) return;
    for (const [item, prefix] of itemsOf(value)) {
      const problem = problemOf(file, item);
      if (problem !== undefined) {
        problems.push({ ...problem, position });
        continue;
      }
      const placed = { object: item as KubeObject, file, document: index };
      objects.push(placed);
      if (prefix !== '') prefixes.set(placed, prefix);
    }
  });
  if (objects.length === 0 && problems.length === 0) {
    problems.push({ kind: 'object', message: 'file holds no object', position: START });
  }
  return { file, text, objects, prefixes, problems };
}

/** The objects of a document: itself, or the items of a List. */
function itemsOf(value: unknown): readonly (readonly [item: unknown, prefix: string])[] {
  const { apiVersion, kind, items } = asRecord(value);
  if (apiVersion !== 'v1' || typeof kind !== 'string' || !kind.endsWith('List')) return [[value, '']];
  return asList(items).map((item, index) => [item, `/items/${index}`]);
}

/** Why a value is no Kubernetes object. */
function problemOf(file: string, value: unknown): Omit<FileProblem, 'position'> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const found = Array.isArray(value) ? 'a list' : JSON.stringify(value);
    return { kind: 'object', message: `document is no object but ${found}` };
  }
  const { apiVersion, kind, metadata } = asRecord(value);
  const missing = Object.entries({ apiVersion, kind }).filter(([, text]) => (asText(text) ?? '') === '');
  if (missing.length === 2 && file.endsWith('.json')) {
    return { kind: 'foreign', message: 'JSON without apiVersion and kind is made for something else' };
  }
  if (missing.length === 2 && isForPrometheus(asRecord(value))) {
    return {
      kind: 'foreign',
      message: 'rules without apiVersion and kind are read by Prometheus or promtool',
    };
  }
  if (missing.length > 0) {
    return { kind: 'object', message: `document has no ${missing.map(([name]) => name).join(' and no ')}` };
  }
  if (asText(apiVersion)?.startsWith('kustomize.config.k8s.io/')) {
    return { kind: 'foreign', message: `${String(kind)} is read by kustomize, not by the API server` };
  }
  const { name, generateName } = asRecord(metadata);
  if (asText(name) === undefined && asText(generateName) === undefined) {
    return { kind: 'object', message: `${String(kind)} has no metadata.name` };
  }
  return undefined;
}

/** Whether a document is a rule file of Prometheus, or promtool's test of one. */
const isForPrometheus = ({ groups, rule_files: files, tests }: Readonly<Record<string, unknown>>): boolean =>
  (Array.isArray(groups) && groups.every((group) => Array.isArray(asRecord(group)['rules']))) ||
  (Array.isArray(files) && Array.isArray(tests));

/** An error of the parser in the style of our messages: lower case, one line, no full stop. */
function wordsOf(message: string): string {
  const line = message.split('\n')[0]!.replace(/[.:\s]+$/, '');
  return line === 'Map keys must be unique'
    ? 'the same key stands twice in one mapping'
    : line.slice(0, 1).toLowerCase() + line.slice(1);
}
