// How schemas/kubernetes/ keeps what API servers of several minors serve: once where they agree, by minors where they
// differ. test/cluster/schemas/ writes the files from real servers; compile-kubernetes.ts reads them.

/** A JSON Schema as an API server serves it, without descriptions; `$ref` is a name such as `core.v1.PodSpec`. */
export type Schema = Readonly<Record<string, unknown>>;

/** A kind that a server serves. */
export interface Kind {
  readonly plural: string;
  readonly namespaced: boolean;
  /** Name of its definition. */
  readonly schema: string;
  /** What the server warns of when it is used. */
  readonly warning?: string;
}

/** What one minor's server says. */
export interface Facts {
  /** Version of the server that was asked, such as `v1.36.3`. */
  readonly version: string;
  /** By `apiVersion Kind`. */
  readonly kinds: Readonly<Record<string, Kind>>;
  /** By name. */
  readonly definitions: Readonly<Record<string, Schema>>;
  /** Feature gates: stage, and whether they are on by default. */
  readonly features: Readonly<Record<string, string>>;
  /** What Pod Security refuses, by what is changed in a pod that it accepts. */
  readonly podSecurity: Readonly<Record<string, string>>;
}

/** Facts by minor, such as `1.36`. */
export type Minors = ReadonlyMap<string, Facts>;

type Table = Readonly<Record<string, unknown>>;

const BY_MINOR = /^\d+\.\d+( \d+\.\d+)*$/;

/** One value where all minors agree; else `{ "1.34 1.35": …, "1.36": … }`. */
function mergeValues(minors: readonly string[], values: readonly unknown[]): unknown {
  const texts = values.map((value) => JSON.stringify(value));
  const distinct = [...new Set(texts)].filter((text) => text !== undefined);
  if (distinct.length === 1 && texts.every((text) => text !== undefined)) return values[0];
  return Object.fromEntries(
    distinct.map((text) => {
      const where = minors.filter((_, index) => texts[index] === text);
      return [where.join(' '), values[texts.indexOf(text)]];
    }),
  );
}

/** The value that holds for a minor; `undefined` where it has none. */
function valueFor(minor: string, merged: unknown): unknown {
  if (typeof merged !== 'object' || merged === null) return merged;
  const keys = Object.keys(merged);
  if (keys.length === 0 || !keys.every((key) => BY_MINOR.test(key))) return merged;
  const key = keys.find((key) => key.split(' ').includes(minor));
  return key === undefined ? undefined : (merged as Table)[key];
}

function mergeTables(minors: readonly string[], tables: readonly Table[]): Table {
  const names = [...new Set(tables.flatMap((table) => Object.keys(table)))].toSorted();
  return Object.fromEntries(
    names.map((name) => [
      name,
      mergeValues(
        minors,
        tables.map((table) => table[name]),
      ),
    ]),
  );
}

function splitTable<T>(minor: string, table: Table): Record<string, T> {
  const entries = Object.entries(table).map(([name, merged]) => [name, valueFor(minor, merged)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Record<string, T>;
}

/** The file of a definition: `core.v1.PodSpec` stands in `core.v1`. */
const fileOf = (definition: string): string => definition.slice(0, definition.lastIndexOf('.'));

/** By file name without `.json`: what the files hold. */
export function mergeMinors(facts: Minors): ReadonlyMap<string, Table> {
  const minors = [...facts.keys()].toSorted();
  const all = minors.map((minor) => facts.get(minor)!);
  const files = new Map<string, Table>([
    ['servers', Object.fromEntries(minors.map((minor) => [minor, facts.get(minor)!.version]))],
    [
      'kinds',
      mergeTables(
        minors,
        all.map(({ kinds }) => kinds),
      ),
    ],
    [
      'features',
      mergeTables(
        minors,
        all.map(({ features }) => features),
      ),
    ],
    [
      'pod-security',
      mergeTables(
        minors,
        all.map(({ podSecurity }) => podSecurity),
      ),
    ],
  ]);
  const definitions = mergeTables(
    minors,
    all.map(({ definitions }) => definitions),
  );
  for (const [name, merged] of Object.entries(definitions)) {
    const file = `definitions/${fileOf(name)}`;
    files.set(file, { ...files.get(file), [name]: merged });
  }
  return files;
}

/** The facts that files hold: the inverse of {@link mergeMinors}. */
export function splitMinors(files: ReadonlyMap<string, Table>): Minors {
  const servers = files.get('servers') as Readonly<Record<string, string>>;
  const definitions: Table = Object.assign(
    {},
    ...[...files].filter(([name]) => name.startsWith('definitions/')).map(([, table]) => table),
  ) as Table;
  return new Map(
    Object.keys(servers).map((minor) => [
      minor,
      {
        version: servers[minor]!,
        kinds: splitTable<Kind>(minor, files.get('kinds')!),
        features: splitTable<string>(minor, files.get('features')!),
        podSecurity: splitTable<string>(minor, files.get('pod-security')!),
        definitions: splitTable<Schema>(minor, definitions),
      },
    ]),
  );
}
