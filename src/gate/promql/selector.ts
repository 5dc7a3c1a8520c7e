import { UserError } from '../../errors.ts';

/** Matchers beside those of a selector, by label: `= value`, `=~ pattern` or `!= not`. */
export type Matchers = Readonly<
  Record<string, string | { readonly pattern: string } | { readonly not: string }>
>;

const quoted = (text: string): string => JSON.stringify(text);

function matcher([label, value]: readonly [string, Matchers[string]]): string {
  if (typeof value === 'string') return `${label}=${quoted(value)}`;
  return 'not' in value ? `${label}!=${quoted(value.not)}` : `${label}=~${quoted(value.pattern)}`;
}

/** A whole series selector and nothing else: `name`, `name{…}` or `{…}`. */
const SELECTOR =
  /^\s*(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)?\s*(?:\{(?<inside>(?:[^{}"'`]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)*)\})?\s*$/;

/**
 * A series selector with more matchers.
 *
 * @param selector such as `requests_total{code="500"}`
 * @throws UserError `FLEET_SYNTH` for what is not one selector, such as an expression or a range
 */
export function withMatchers(selector: string, matchers: Matchers): string {
  const groups = SELECTOR.exec(selector)?.groups;
  if (groups === undefined || (groups['name'] === undefined && groups['inside'] === undefined)) {
    throw new UserError(
      'FLEET_SYNTH',
      `${quoted(selector)} is not a series selector`,
      'name one metric with its matchers, for example requests_total{code="500"}, without offset or range',
    );
  }
  const own = (groups['inside'] ?? '').trim().replace(/,$/, '');
  const all = [...(own === '' ? [] : [own]), ...Object.entries(matchers).map(matcher)];
  return `${groups['name'] ?? ''}${all.length === 0 ? '' : `{${all.join(',')}}`}`;
}

/** A pattern for any of some values that need no escaping: names of slices, versions, classes. */
export const anyOf = (values: readonly string[]): { readonly pattern: string } => ({
  pattern: values.map((value) => value.replaceAll('.', '[.]')).join('|'),
});
