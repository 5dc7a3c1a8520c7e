import { Document, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { UserError } from '../errors.ts';

/** Words that one YAML reader or another takes for a boolean, null, merge key or number. */
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null|~|=|<<|[-+]?\.inf|\.nan)$/i;

/** Whatever may be read as a number, a day or a base-60 integer: `0042`, `1e3`, `0o17`, `-_1`, `2001-01-01`, `1:30`, `1_000`. */
const NUMBERLIKE = /^[-+.0-9][-+.:_0-9a-fox \tTZpP]*$/i;

// Line breaks to YAML 1.1 that are none to YAML 1.2, and what may not stand in a YAML file as it is.
// oxlint-disable-next-line no-control-regex -- it is about control characters
const ESCAPED = /[\0-\x08\v\f\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;
const ESCAPED_ALL = new RegExp(ESCAPED.source, 'g');

/** Text that reads well as it is, line by line: no first line to guess the indentation from, no invisible endings. */
const isBlock = (text: string): boolean =>
  text.includes('\n') && /^[^\s]/.test(text) && !/[\r\t]|[ ]\n|[ ]$|\n\n$/.test(text);

function styleOf(text: string, isKey: boolean): Scalar.Type | undefined {
  if (ESCAPED.test(text)) return Scalar.QUOTE_DOUBLE;
  if (text.includes('\n')) return isBlock(text) && !isKey ? Scalar.BLOCK_LITERAL : Scalar.QUOTE_DOUBLE;
  // Everything else is left to the writer, which quotes what YAML 1.1 would read otherwise.
  return WORDS.test(text) || NUMBERLIKE.test(text) || /[\r\t]/.test(text) ? Scalar.QUOTE_DOUBLE : undefined;
}

const MERGE = 'tag:yaml.org,2002:merge';
const FIRST = ['apiVersion', 'kind', 'metadata'];

function scalar(value: unknown, isKey: boolean): Scalar {
  const node = new Scalar(value);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new UserError('FLEET_SYNTH', `${value} is no number to Kubernetes`, 'check what computes it');
  }
  if (typeof value !== 'string') return node;
  if (/\p{Surrogate}/u.test(value)) {
    throw new UserError(
      'FLEET_SYNTH',
      `${JSON.stringify(value)} is not Unicode text: half of a surrogate pair stands alone`,
      'cut strings between characters, not inside them',
    );
  }
  const style = styleOf(value, isKey);
  if (style !== undefined) node.type = style;
  return node;
}

/** `apiVersion`, `kind` and `metadata` first at the root, all else by name. */
function node(value: unknown, isRoot: boolean): Node {
  if (Array.isArray(value)) {
    const list = new YAMLSeq();
    for (const item of value) list.items.push(node(item, false));
    return list;
  }
  if (typeof value !== 'object' || value === null) return scalar(value, false);
  const map = new YAMLMap();
  const rank = (key: string): number => (isRoot && FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length);
  // By UTF-16 code units, not by locale: the same on every machine.
  const keys = Object.keys(value).toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  for (const key of keys) {
    const item = (value as Readonly<Record<string, unknown>>)[key];
    if (item !== undefined) map.items.push(new Pair(scalar(key, true), node(item, false)));
  }
  return map;
}

/**
 * Write a value as one YAML document: the only writer of what clusters read.
 *
 * Deterministic: keys are sorted, `undefined` is left out. Safe for readers of YAML 1.1, such as Kubernetes' own
 * (go-yaml): a string never comes back as a number, boolean, day or null.
 *
 * @throws UserError `FLEET_SYNTH` for text that is not Unicode, and for numbers that JSON has not
 * @see https://yaml.org/type/ for what YAML 1.1 reads into plain words
 */
export function toYaml(value: unknown): string {
  const document = new Document(undefined, {
    version: '1.1',
    // Without merging, which would take the key "<<" out of its quotes.
    customTags: (tags) =>
      tags.filter((tag) => tag !== 'merge' && (typeof tag === 'string' || tag.tag !== MERGE)),
  });
  document.contents = node(value, true);
  const text = document.toString({
    lineWidth: 0,
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  });
  // Such characters are inside double quotes only; the writer leaves some of them as they are.
  return text.replaceAll(
    ESCAPED_ALL,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
