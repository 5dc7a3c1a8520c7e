// What fleets import.

export * from './fleet/authoring.ts';
export type * from './fleet/spec.ts';
export type * from './fleet/units.ts';
