/** Longest line before a value is broken into its members. */
const WIDTH = 120;

/**
 * JSON in which a value that fits stands on one line, and any other on a line for each member: small, and a change
 * shows as the lines it concerns.
 */
export function compact(value: unknown, indent = ''): string {
  const line = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || indent.length + line.length <= WIDTH) return line;
  const inner = `${indent} `;
  const members = Array.isArray(value)
    ? value.map((item) => inner + compact(item, inner))
    : Object.entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${compact(item, inner)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${members.join(',\n')}\n${indent}${close}`;
}

/** The same value with the members of every object in byte order, and without descriptions. */
export function canonical(value: unknown, within?: string): unknown {
  if (Array.isArray(value)) return value.map((item) => canonical(item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    // A property may be called "description"; a schema's own is left out.
    .filter(([key, item]) => within === 'properties' || key !== 'description' || typeof item !== 'string')
    .map(([key, item]) => [key, canonical(item, key)] as const);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
