// What Argo Rollouts makes of one measured value: its conditions, and what they come to together.

import type { Outcome } from './argo-metric.ts';
import { type Node, parseExpression, Unreadable } from './expression-syntax.ts';

export { Unreadable } from './expression-syntax.ts';

/** A measured value: a number, a list of them (what Prometheus answers), or what a web service's JSON holds. */
export type Value = number | string | boolean | null | readonly Value[] | { readonly [key: string]: Value };

export interface Conditions {
  readonly successCondition?: string;
  readonly failureCondition?: string;
}

/** Thrown where Argo Rollouts' own evaluation ends in an error: the measurement then counts as an error. */
class Unevaluable extends Error {}

const isList = (value: unknown): value is readonly Value[] => Array.isArray(value);

function asNumber(value: Value): number {
  if (typeof value === 'number') return value;
  throw new Unevaluable(`${JSON.stringify(value)} is no number`);
}

function asBoolean(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  throw new Unevaluable(`${JSON.stringify(value)} is neither true nor false`);
}

/** A number, or a text that Go reads as one. */
function parsed(value: Value): number {
  if (typeof value !== 'string') return asNumber(value);
  if (/^nan$/i.test(value)) return Number.NaN;
  const number = value.trim() === value && value !== '' ? Number(value) : Number.NaN;
  if (Number.isNaN(number)) throw new Unevaluable(`${JSON.stringify(value)} is no number`);
  return number;
}

/** Equal as Go compares: by value, never by conversion. NaN equals nothing. */
function isEqual(a: Value, b: Value): boolean {
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, at) => isEqual(item, b[at]!));
  return a === b;
}

function compare(operator: string, left: Value, right: Value): boolean {
  const comparable =
    (typeof left === 'number' && typeof right === 'number') ||
    (typeof left === 'string' && typeof right === 'string');
  if (!comparable) throw new Unevaluable(`${JSON.stringify(left)} ${operator} ${JSON.stringify(right)}`);
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
}

function calculate(operator: string, left: Value, right: Value): Value {
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') return left + right;
  const [a, b] = [asNumber(left), asNumber(right)];
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    default:
      return a % b;
  }
}

function index(of: Value, at: Value): Value {
  if (isList(of)) {
    const position = asNumber(at);
    const item = of[position < 0 ? of.length + position : position];
    if (item === undefined) throw new Unevaluable(`index ${position} of ${of.length} is out of range`);
    return item;
  }
  if (typeof of === 'object' && of !== null && typeof at === 'string') {
    return (of as Readonly<Record<string, Value>>)[at] ?? null;
  }
  throw new Unevaluable(`${JSON.stringify(of)} has no ${JSON.stringify(at)}`);
}

type Ask = (item: Value) => boolean;
const OF_EACH: Readonly<Record<string, (items: readonly Value[], ask: Ask) => Value>> = {
  all: (items, ask) => items.every(ask),
  any: (items, ask) => items.some(ask),
  none: (items, ask) => !items.some(ask),
  one: (items, ask) => items.filter(ask).length === 1,
  filter: (items, ask) => items.filter(ask),
  count: (items, ask) => items.filter(ask).length,
};

function call(name: string, args: readonly Node[], result: Value, item: Value | undefined): Value {
  const value = (at: number): Value => {
    const node = args[at];
    if (node === undefined) throw new Unreadable(`${name} lacks an argument`);
    return evaluate(node, result, item);
  };
  const ofEach = OF_EACH[name];
  if (ofEach !== undefined) {
    const items = value(0);
    if (!isList(items)) throw new Unevaluable(`${name} of ${JSON.stringify(items)}`);
    const ask = args[1];
    if (ask === undefined && name !== 'count') throw new Unreadable(`${name} lacks a condition`);
    return ofEach(items, (one) => ask === undefined || asBoolean(evaluate(ask, result, one)));
  }
  switch (name) {
    case 'len': {
      const of = value(0);
      if (isList(of) || typeof of === 'string') return of.length;
      if (typeof of === 'object' && of !== null) return Object.keys(of).length;
      throw new Unevaluable(`len of ${JSON.stringify(of)}`);
    }
    case 'isNaN':
      return Number.isNaN(asNumber(value(0)));
    case 'isInf':
      return Math.abs(asNumber(value(0))) === Number.POSITIVE_INFINITY;
    // Both look at the result, whatever they are given.
    case 'isNil':
      return result === null;
    case 'default':
      return result === null ? value(1) : result;
    case 'asInt': {
      const of = value(0);
      if (typeof of === 'string' && !/^[-+]?\d+$/.test(of)) throw new Unevaluable(`asInt of ${of}`);
      return Math.trunc(parsed(of));
    }
    case 'asFloat':
      return parsed(value(0));
    case 'abs':
      return Math.abs(asNumber(value(0)));
    default:
      throw new Unreadable(`the function ${name} is not known here`);
  }
}

function evaluate(node: Node, result: Value, item?: Value): Value {
  const of = (inner: Node): Value => evaluate(inner, result, item);
  switch (node.is) {
    case 'literal':
      return node.value;
    case 'list':
      return node.items.map(of);
    case 'name':
      if (node.name === 'result') return result;
      if (node.name === '#' && item !== undefined) return item;
      throw new Unreadable(`the name ${node.name} is not known here`);
    case 'index':
      return index(of(node.of), of(node.at));
    case 'call':
      return call(node.name, node.args, result, item);
    case 'unary':
      return node.operator === '!' ? !asBoolean(of(node.value)) : -asNumber(of(node.value));
    case 'choice':
      return asBoolean(of(node.test)) ? of(node.yes) : of(node.no);
    case 'binary':
    default:
      return binary(
        node.operator,
        () => of(node.left),
        () => of(node.right),
      );
  }
}

function binary(operator: string, left: () => Value, right: () => Value): Value {
  switch (operator) {
    case '&&':
      return asBoolean(left()) && asBoolean(right());
    case '||':
      return asBoolean(left()) || asBoolean(right());
    case '==':
      return isEqual(left(), right());
    case '!=':
      return !isEqual(left(), right());
    case 'in': {
      const [one, all] = [left(), right()];
      if (!isList(all)) throw new Unevaluable(`in ${JSON.stringify(all)}`);
      return all.some((item) => isEqual(item, one));
    }
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(operator, left(), right());
    default:
      return calculate(operator, left(), right());
  }
}

/**
 * Whether a condition holds of a measured value.
 * @returns `undefined` where Argo Rollouts would end in an error
 * @throws Unreadable for what is beyond the part of the language that is known here
 */
export function holds(condition: string, result: Value): boolean | undefined {
  try {
    return asBoolean(evaluate(parseExpression(condition), result));
  } catch (error) {
    if (error instanceof Unevaluable) return undefined;
    throw error;
  }
}

/**
 * What a measured value comes to. With one condition, what is not the one is the other; with both, a value of which
 * neither holds is Inconclusive, and one of which both hold has failed. Without any, every answer is a success.
 *
 * @throws Unreadable
 */
export function outcomeOf({ successCondition, failureCondition }: Conditions, result: Value): Outcome {
  const success = isGiven(successCondition) ? holds(successCondition, result) : null;
  if (success === undefined) return 'Error';
  const failure = isGiven(failureCondition) ? holds(failureCondition, result) : null;
  if (failure === undefined) return 'Error';
  if (failure ?? (success === null ? false : !success)) return 'Failed';
  return (success ?? true) ? 'Successful' : 'Inconclusive';
}

const isGiven = (condition: string | undefined): condition is string =>
  condition !== undefined && condition !== '';
