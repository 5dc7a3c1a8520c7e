// Compiles schemas/*.schema.json to dist/validators/*.js, so that no run pays for it: compiling takes 100 ms, loading 2.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv, type AnySchemaObject } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { compileKubernetes } from './compile-kubernetes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const SUFFIX = '.schema.json';

/**
 * A validator as the text of a module that imports nothing; its default export is ajv's validate function.
 *
 * All problems are reported at once (`allErrors`), each with the value and the schema it breaks (`verbose`).
 */
export function compileValidator(schema: AnySchemaObject): string {
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    // Lengths in UTF-16 units: by code points, ajv's code would need a module that is CommonJS only.
    unicode: false,
    code: { source: true, esm: true, lines: true },
    // Its warnings are about `unicode`.
    logger: false,
  });
  // One export is enough.
  return standalone.default(ajv, ajv.compile(schema)).replace(/^export const validate = \w+;\n?/m, '');
}

mkdirSync(`${root}dist/validators`, { recursive: true });
for (const file of readdirSync(`${root}schemas`).filter((name) => name.endsWith(SUFFIX))) {
  const schema = JSON.parse(readFileSync(`${root}schemas/${file}`, 'utf8')) as AnySchemaObject;
  const code = compileValidator(schema);
  if (/\brequire\(/.test(code)) throw new Error(`${file}: the validator would need a module at run time`);
  writeFileSync(`${root}dist/validators/${file.slice(0, -SUFFIX.length)}.js`, code);
}
compileKubernetes(root);
