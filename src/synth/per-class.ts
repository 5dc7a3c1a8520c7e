import type { PerClass } from '../fleet/spec.ts';

/** The value for one class of what may be given for each. */
export function forClass<T>(value: PerClass<string, T>, className: string): T {
  const isByClass = typeof value === 'object' && value !== null && 'byClass' in value;
  return isByClass ? value.byClass[className]! : value;
}
