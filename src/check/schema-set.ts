// The schemas of one Kubernetes minor and of the custom resources that Breakwater knows, compiled when building from
// schemas/kubernetes/ and schemas/crds/ (src/dev/compile-kubernetes.ts).

/** What of a JSON Schema is checked: its structure. */
export interface Schema {
  /** Name of a definition. */
  readonly $ref?: string;
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  /** Any of these types instead. */
  readonly types?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  /** Of a map: what its values are. */
  readonly values?: Schema;
  /** Fields that are not named are allowed. */
  readonly open?: true;
  readonly nullable?: true;
  /** The server fills it in, so that it may be left out though it is required. */
  readonly filled?: true;
}

export interface KindSchema {
  readonly schema: Schema;
  readonly namespaced: boolean;
  /** What the server warns of when the kind is used: that it is deprecated. */
  readonly warning?: string;
  /** Custom resources: an object as a whole, with the metadata of every object. */
  readonly custom?: true;
}

/** The compiled file of one minor. */
export interface CompiledMinor {
  readonly minor: string;
  /** By `apiVersion Kind`. */
  readonly kinds: Readonly<Record<string, KindSchema>>;
  /** Kinds that only other minors have: which. */
  readonly elsewhere: Readonly<Record<string, readonly string[]>>;
  readonly definitions: Readonly<Record<string, Schema>>;
}

/** The compiled file of all custom resources. */
export type CompiledCustom = Pick<CompiledMinor, 'kinds' | 'definitions'>;

/** What a rule asks of the schemas. */
export interface SchemaSet {
  /** Such as `1.36`. */
  readonly minor: string;
  find(apiVersion: string, kind: string): KindSchema | undefined;
  /** The minors that have a kind which this one has not. */
  elsewhere(apiVersion: string, kind: string): readonly string[];
  /** API versions under which this minor has a kind. */
  versionsOf(kind: string): readonly string[];
  /** Whether anything is known of an API group. */
  knowsGroup(apiVersion: string): boolean;
  definition(name: string): Schema;
}

const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? apiVersion.split('/')[0]! : '');

/** `apiVersion Kind`. */
function split(key: string): readonly [apiVersion: string, kind: string] {
  const [apiVersion = '', kind = ''] = key.split(' ');
  return [apiVersion, kind];
}

/** Make a set of compiled files. */
export function schemaSet(minor: CompiledMinor, custom: CompiledCustom): SchemaSet {
  const kinds = { ...minor.kinds, ...custom.kinds };
  const definitions = { ...minor.definitions, ...custom.definitions };
  const groups = new Set(Object.keys(kinds).map((key) => groupOf(split(key)[0])));
  return {
    minor: minor.minor,
    find: (apiVersion, kind) => kinds[`${apiVersion} ${kind}`],
    elsewhere: (apiVersion, kind) => minor.elsewhere[`${apiVersion} ${kind}`] ?? [],
    versionsOf: (kind) =>
      Object.keys(kinds)
        .map(split)
        .filter(([, name]) => name === kind)
        .map(([apiVersion]) => apiVersion),
    knowsGroup: (apiVersion) => groups.has(groupOf(apiVersion)),
    definition: (name) => definitions[name] ?? { open: true },
  };
}

type Module<T> = Promise<{ readonly default: T }>;

/** By minor, the newest last. */
const MINORS: Readonly<Record<string, () => Module<CompiledMinor>>> = {
  '1.34': () => import('#validators/kubernetes-1.34'),
  '1.35': () => import('#validators/kubernetes-1.35'),
  '1.36': () => import('#validators/kubernetes-1.36'),
  '1.37': () => import('#validators/kubernetes-1.37'),
};

/** Minors that have schemas, the newest last. */
export const schemaMinors: readonly string[] = Object.keys(MINORS);

/** The minor that objects are held against where nothing says which. */
export const NEWEST_MINOR = schemaMinors.at(-1)!;

/** Whether a group is one of custom resources that a fleet with Flux alone has not. */
const isOther = (apiVersion: string): boolean =>
  /\./.test(groupOf(apiVersion)) && !/\.(k8s\.io|toolkit\.fluxcd\.io)$/.test(groupOf(apiVersion));

const NOTHING: CompiledCustom = { kinds: {}, definitions: {} };

/**
 * Load the schemas of a minor: about 5 ms, and as much again where custom resources other than Flux's are asked for.
 *
 * @param apiVersions of the objects that will be asked for; default: any
 * @returns `undefined` where there are none for the minor
 */
export async function loadSchemas(
  minor: string,
  apiVersions?: readonly string[],
): Promise<SchemaSet | undefined> {
  const load = MINORS[minor];
  if (load === undefined) return undefined;
  const needsOthers = apiVersions?.some(isOther) ?? true;
  const [own, flux, others] = await Promise.all([
    load(),
    import('#validators/kubernetes-flux'),
    needsOthers ? import('#validators/kubernetes-custom') : { default: NOTHING },
  ]);
  return schemaSet(own.default, {
    kinds: { ...flux.default.kinds, ...others.default.kinds },
    definitions: { ...flux.default.definitions, ...others.default.definitions },
  });
}
