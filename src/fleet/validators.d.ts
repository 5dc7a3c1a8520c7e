// What src/dev/compile-validators.ts writes into dist/validators/: one module for each schema.

declare module '#validators/*' {
  import type { ValidateFunction } from 'ajv';

  const validate: ValidateFunction;
  export default validate;
}
