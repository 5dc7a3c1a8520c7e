// A part of a definition as TypeScript, to be pasted.

const WIDTH = 110;

/** `rollout: { … },` as it stands in a definition, indented by two. */
export const snippetOf = (key: string, value: unknown): string => `  ${key}: ${written(value, '  ')},\n`;

function written(value: unknown, margin: string): string {
  const line = oneLine(value);
  if (typeof value !== 'object' || value === null || line.length + margin.length < WIDTH - 20) {
    if (typeof value !== 'object' || value === null || isFlat(value)) return line;
  }
  const deeper = `${margin}  `;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const parts = Array.isArray(value)
    ? value.map((item) => `${deeper}${written(item, deeper)},`)
    : entriesOf(value).map(([key, of]) => `${deeper}${keyOf(key)}: ${written(of, deeper)},`);
  return `${open}\n${parts.join('\n')}\n${margin}${close}`;
}

const isFlat = (value: object): boolean =>
  !Array.isArray(value) && entriesOf(value).every(([, of]) => typeof of !== 'object');

function oneLine(value: unknown): string {
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  if (typeof value === 'number') return numberOf(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  return `{ ${entriesOf(value)
    .map(([key, of]) => `${keyOf(key)}: ${oneLine(of)}`)
    .join(', ')} }`;
}

const entriesOf = (value: object): [string, unknown][] =>
  Object.entries(value).filter(([, of]) => of !== undefined);

const keyOf = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : oneLine(key));

/** Thousands as people read them: `20_000`. */
const numberOf = (value: number): string =>
  Number.isInteger(value) ? String(value).replaceAll(/\B(?=(\d{3})+$)/g, '_') : String(value);
