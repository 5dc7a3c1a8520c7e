// Schemas repeat themselves (a pod template five times, a generator in a generator). What occurs twice is kept once.

/** Below so many characters, a reference is no easier to read than what it stands for. */
const WORTH = 300;

type Json = unknown;
type Fields = Readonly<Record<string, Json>>;

export interface Shared {
  readonly schema: Json;
  /** By name; parts may refer to other parts with `{ "$ref": name }`. */
  readonly parts: Fields;
}

const isObject = (value: Json): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const mapChildren = (value: Json, each: (child: Json, key: string) => Json, key = ''): Json => {
  if (Array.isArray(value)) return value.map((item) => each(item, key));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, each(child, key)]));
};

/** Replace every schema that occurs more than once by a reference to one copy, named by the property it was first seen in. */
export function shareParts(schema: Json): Shared {
  const counts = new Map<string, number>();
  const count = (value: Json): void => {
    if (!isObject(value) && !Array.isArray(value)) return;
    const text = JSON.stringify(value);
    const seen = (counts.get(text) ?? 0) + 1;
    counts.set(text, seen);
    // What is inside a repeated part is repeated with it.
    if (seen === 1 || text.length < WORTH) mapChildren(value, (child) => (count(child), child));
  };
  count(schema);

  const names = new Map<string, string>();
  const parts: Record<string, Json> = {};
  const replace = (value: Json, key: string): Json => {
    if (!isObject(value)) return mapChildren(value, replace, key);
    const text = JSON.stringify(value);
    // The members of `properties` are names, not a schema.
    if (key === 'properties' || text.length < WORTH || counts.get(text)! < 2)
      return mapChildren(value, replace);
    let name = names.get(text);
    if (name === undefined) {
      for (let number = 1; name === undefined || name in parts; number += 1)
        name = number === 1 ? key : `${key}-${number}`;
      names.set(text, name);
      parts[name] = {};
      parts[name] = mapChildren(value, replace);
    }
    return { $ref: name };
  };
  return { schema: mapChildren(schema, replace), parts };
}

/** The schema as it was before {@link shareParts}. */
export function expandParts({ schema, parts }: Shared): Json {
  const expand = (value: Json): Json => {
    if (isObject(value) && typeof value['$ref'] === 'string' && value['$ref'] in parts)
      return expand(parts[value['$ref']]);
    return mapChildren(value, expand);
  };
  return expand(schema);
}
