// The part of the expression language of Argo Rollouts' conditions that conditions are written in: a parser.

/** A parsed expression. */
export type Node =
  | { readonly is: 'literal'; readonly value: number | string | boolean | null }
  | { readonly is: 'list'; readonly items: readonly Node[] }
  | { readonly is: 'name'; readonly name: string }
  | { readonly is: 'index'; readonly of: Node; readonly at: Node }
  | { readonly is: 'call'; readonly name: string; readonly args: readonly Node[] }
  | { readonly is: 'unary'; readonly operator: string; readonly value: Node }
  | { readonly is: 'binary'; readonly operator: string; readonly left: Node; readonly right: Node }
  | { readonly is: 'choice'; readonly test: Node; readonly yes: Node; readonly no: Node };

/** Thrown for what is not an expression, or is one beyond this part of the language. */
export class Unreadable extends Error {}

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([A-Za-z_]\w*)|(&&|\|\||==|!=|<=|>=|\?\?|[-+*/%<>!?:()[\]{},.#]))/y;

/** Operators by how tightly they bind, loosest first. */
const BINARY: readonly (readonly string[])[] = [
  ['||', 'or'],
  ['&&', 'and'],
  ['==', '!=', '<', '<=', '>', '>=', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
];
const WORDS: Readonly<Record<string, string>> = { or: '||', and: '&&' };

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new Unreadable(`cannot read ${JSON.stringify(text.slice(from))}`);
    tokens.push(match[1] ?? match[2] ?? match[3] ?? match[4]!);
  }
  return tokens;
}

/**
 * Read a condition.
 * @throws Unreadable
 * @see https://expr-lang.org/docs/language-definition
 */
export function parseExpression(text: string): Node {
  const tokens = tokensOf(text);
  let position = 0;
  const peek = (): string | undefined => tokens[position];
  const accept = (...wanted: readonly string[]): string | undefined =>
    wanted.includes(peek() ?? '') ? tokens[position++] : undefined;
  const expect = (wanted: string): void => {
    if (accept(wanted) === undefined)
      throw new Unreadable(`${peek() ?? 'the end'} stands where ${wanted} should`);
  };

  function choice(): Node {
    const test = binary(0);
    if (accept('?') === undefined) return test;
    const yes = choice();
    expect(':');
    return { is: 'choice', test, yes, no: choice() };
  }

  function binary(level: number): Node {
    const operators = BINARY[level];
    if (operators === undefined) return unary();
    let left = binary(level + 1);
    for (let found = accept(...operators); found !== undefined; found = accept(...operators)) {
      left = { is: 'binary', operator: WORDS[found] ?? found, left, right: binary(level + 1) };
    }
    return left;
  }

  function unary(): Node {
    const operator = accept('!', '-', 'not');
    if (operator === undefined) return postfix(primary());
    return { is: 'unary', operator: operator === 'not' ? '!' : operator, value: unary() };
  }

  function postfix(of: Node): Node {
    if (accept('.') !== undefined) {
      const name = tokens[position++];
      if (name === undefined || !/^[A-Za-z_]/.test(name)) throw new Unreadable('no field after a dot');
      return postfix({ is: 'index', of, at: { is: 'literal', value: name } });
    }
    if (accept('[') === undefined) return of;
    const at = choice();
    expect(']');
    return postfix({ is: 'index', of, at });
  }

  function list(end: string): readonly Node[] {
    const items: Node[] = [];
    if (accept(end) !== undefined) return items;
    do items.push(accept('{') === undefined ? choice() : closure());
    while (accept(',') !== undefined);
    expect(end);
    return items;
  }

  /** `{# < 1}`: braces around what is asked of each item may be left out. */
  function closure(): Node {
    const body = choice();
    expect('}');
    return body;
  }

  function primary(): Node {
    const token = tokens[position++];
    if (token === undefined) throw new Unreadable('it ends too soon');
    if (token === '(') {
      const inner = choice();
      expect(')');
      return inner;
    }
    if (token === '[') return { is: 'list', items: list(']') };
    if (token === '#') return { is: 'name', name: '#' };
    if (/^\d/.test(token)) return { is: 'literal', value: Number(token) };
    if (/^["']/.test(token)) return { is: 'literal', value: token.slice(1, -1).replaceAll(/\\(.)/g, '$1') };
    if (token === 'true' || token === 'false') return { is: 'literal', value: token === 'true' };
    if (token === 'nil') return { is: 'literal', value: null };
    if (!/^[A-Za-z_]/.test(token)) throw new Unreadable(`${token} stands where a value should`);
    return accept('(') === undefined
      ? { is: 'name', name: token }
      : { is: 'call', name: token, args: list(')') };
  }

  const node = choice();
  if (position < tokens.length) throw new Unreadable(`${peek()} is left over`);
  return node;
}
