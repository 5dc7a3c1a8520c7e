// What ajv complains of, as lines that a person can act on.

import type { ErrorObject } from 'ajv';
import { nearest } from './nearest.ts';

/** What is wrong at one place of a definition. */
export interface Problem {
  /** JSON Pointer. */
  readonly path: string;
  /** What is wrong, with the value and the remedy: continues the sentence that the path begins. */
  readonly text: string;
}

type Params = Readonly<Record<string, unknown>>;
interface Described {
  readonly description?: string;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Described>>;
}

/** A value as it is shown in a message: at most 60 characters. */
export function show(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** `a, b or c` */
export const orList = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;

/** What to write instead of a name that is not there. */
export function instead(word: string, names: readonly string[]): string {
  const near = nearest(word, names);
  if (near !== undefined) return `did you mean ${JSON.stringify(near)}?`;
  return names.length === 0 ? 'there are none' : `use ${orList(names)}`;
}

/** The first sentence of a description, to continue another sentence. */
function about(schema: Described | undefined): string | undefined {
  const [first] = schema?.description?.split(/(?<=[^.]{2})\.(?:\s|$)|\n/) ?? [];
  return first === undefined ? undefined : `${first.charAt(0).toLowerCase()}${first.slice(1)}`;
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
};

const LIMITS: Readonly<Record<string, string>> = {
  '>=': 'at least',
  '<=': 'at most',
  '>': 'more than',
  '<': 'less than',
};

/** What ajv's keyword expected; `undefined` for keywords that only repeat what others say. */
function expectation(keyword: string, params: Params, schema: Described): string | undefined {
  switch (keyword) {
    case 'type':
      return (schema.pattern === undefined ? undefined : about(schema)) ?? TYPES[String(params['type'])];
    case 'pattern':
      return about(schema) ?? `text that matches ${String(params['pattern'])}`;
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return `${LIMITS[String(params['comparison'])]} ${String(params['limit'])}`;
    case 'minLength':
      return params['limit'] === 1
        ? 'at least one character'
        : `at least ${String(params['limit'])} characters`;
    case 'maxLength':
      return `at most ${String(params['limit'])} characters`;
    case 'minItems':
      return params['limit'] === 1 ? 'at least one' : `at least ${String(params['limit'])}`;
    case 'const':
      return show(params['allowedValue']);
    default:
      return undefined;
  }
}

function problemOf({ keyword, instancePath, params, data, parentSchema }: ErrorObject): Problem[] {
  const path = instancePath;
  const schema = (parentSchema ?? {}) as Described;
  const known = Object.keys(schema.properties ?? {});
  if (keyword === 'required') {
    const missing = String(params['missingProperty']);
    // Misspelt: the line about the unknown property says it.
    const others = Object.keys(data as object).filter((key) => !known.includes(key));
    if (others.some((other) => nearest(other, known) === missing)) return [];
    const what = about(schema.properties?.[missing]);
    return [{ path, text: `lacks ${JSON.stringify(missing)}${what === undefined ? '' : `: ${what}`}` }];
  }
  if (keyword === 'additionalProperties') {
    const name = String(params['additionalProperty']);
    return [{ path, text: `has the unknown property ${JSON.stringify(name)}: ${instead(name, known)}` }];
  }
  if (keyword === 'enum') {
    const allowed = params['allowedValues'] as readonly string[];
    const near = nearest(String(data), allowed);
    const hint = near === undefined ? '' : `; did you mean ${JSON.stringify(near)}?`;
    return [{ path, text: `is ${show(data)}, expected ${orList(allowed.map(show))}${hint}` }];
  }
  const expected = expectation(keyword, params as Params, schema);
  return expected === undefined ? [] : [{ path, text: `is ${show(data)}, expected ${expected}` }];
}

const knows = ({ parentSchema }: ErrorObject, key: string): boolean =>
  key in ((parentSchema as Described | undefined)?.properties ?? {});

/** Whether a value cannot have been meant as what one of several alternatives asks for. */
function isOfAnotherAlternative(error: ErrorObject, errors: readonly ErrorObject[]): boolean {
  const { keyword, instancePath, data } = error;
  const choice = errors.some((other) => other.keyword === 'anyOf' && other.instancePath === instancePath);
  if (!choice || (keyword !== 'required' && keyword !== 'additionalProperties')) return false;
  const known = (one: ErrorObject): number =>
    Object.keys(data as object).filter((key) => knows(one, key)).length;
  const here = errors.filter(
    (other) => other.instancePath === instancePath && other.parentSchema !== undefined,
  );
  // Another knows more of its properties, or looked into one that this one does not have.
  return (
    here.some((other) => known(other) > known(error)) ||
    errors.some(({ instancePath: path }) => {
      const [key] = path.startsWith(`${instancePath}/`) ? path.slice(instancePath.length + 1).split('/') : [];
      return key !== undefined && !knows(error, key);
    })
  );
}

/** One problem for each thing that ajv complains of, in the order of the schema, each once. */
export function schemaProblems(errors: readonly ErrorObject[]): readonly Problem[] {
  const problems = errors.filter((error) => !isOfAnotherAlternative(error, errors)).flatMap(problemOf);
  return problems.filter(
    ({ path, text }, index) =>
      problems.findIndex((other) => other.path === path && other.text === text) === index,
  );
}
