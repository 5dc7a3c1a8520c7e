// Where a text stops being JSON. V8 says it in words that change with its version, and often without a position.

// oxlint-disable-next-line no-control-regex -- JSON forbids them in texts
const STRING = /"(?:[^"\\\u0000-\u001F]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w.])/y;

class Unexpected extends Error {
  readonly index: number;

  constructor(index: number, expected: string) {
    super(`expected ${expected}`);
    this.index = index;
  }
}

/**
 * The first place where a text is no JSON, and what was expected there.
 * @returns `undefined` where it is JSON
 */
export function findJsonError(
  text: string,
): { readonly index: number; readonly message: string } | undefined {
  let index = 0;
  const skipSpace = (): void => {
    while (' \t\r\n'.includes(text[index] ?? 'x')) index += 1;
  };
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = index;
    const found = pattern.exec(text);
    index += found?.[0].length ?? 0;
    return found !== null;
  };
  const takeCharacter = (character: string): boolean => {
    skipSpace();
    if (text[index] !== character) return false;
    index += 1;
    return true;
  };
  const list = (close: string, entry: () => void): void => {
    if (takeCharacter(close)) return;
    do entry();
    while (takeCharacter(','));
    if (!takeCharacter(close)) throw new Unexpected(index, `, or ${close}`);
  };
  const property = (): void => {
    skipSpace();
    if (!take(STRING)) throw new Unexpected(index, 'a name in double quotes');
    if (!takeCharacter(':')) throw new Unexpected(index, ':');
    value();
  };
  const value = (): void => {
    if (takeCharacter('{')) list('}', property);
    else if (takeCharacter('[')) list(']', value);
    else if (!take(STRING) && !take(SCALAR)) throw new Unexpected(index, 'a value');
  };
  try {
    value();
    skipSpace();
    return index < text.length ? { index, message: 'expected the end' } : undefined;
  } catch (error) {
    if (error instanceof Unexpected) return error;
    throw error;
  }
}
