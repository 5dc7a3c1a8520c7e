// Values of unknown shape: objects of users are read without trusting them, so that odd input never throws.

export type Json = Readonly<Record<string, unknown>>;

/** The value, if it is a mapping; else an empty one. */
export const asRecord = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

/** The value, if it is a list; else an empty one. */
export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The value, if it is a text; else `undefined`. */
export const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** A quantity as it may stand in an object: a text, or a number that YAML made of one. */
export const asQuantity = (value: unknown): string | undefined =>
  typeof value === 'number' ? String(value) : asText(value);

/** What lies below a chain of keys; `undefined` where one is missing. */
export const within = (value: unknown, ...keys: readonly string[]): unknown =>
  keys.reduce<unknown>((at, key) => asRecord(at)[key], value);

/** One step of a JSON Pointer (RFC 6901), with its slash. */
export const step = (key: string | number): string =>
  `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** The keys of a JSON Pointer. */
export const stepsOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));

/** Whether a pointer names the same place as another, or one below it. */
export const isBelow = (pointer: string, above: string): boolean =>
  pointer === above || pointer.startsWith(above.endsWith('/') ? above : `${above}/`);
