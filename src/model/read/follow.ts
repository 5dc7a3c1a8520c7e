import { UserError } from '../../errors.ts';

/**
 * Follow an architecture that a file holds. Keras' configurations have no schema: where one is damaged, it shows as a value
 * that is missing, or is of another kind, somewhere on the way.
 * @throws UserError `MODEL_DAMAGED` where it leads nowhere
 */
export function follow<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof TypeError || cause instanceof RangeError || cause instanceof SyntaxError))
      throw cause;
    const what = cause instanceof SyntaxError ? 'is no JSON' : 'does not hold together';
    throw new UserError(
      'MODEL_DAMAGED',
      `the architecture that the file holds ${what}: ${cause.message}`,
      'save the whole model again; if Keras loads the file, report it',
      { cause },
    );
  }
}
