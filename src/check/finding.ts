// Findings are values. What a rule yields, and what the engine makes of it.

import type { PlacedObject } from '../synth/manifests.ts';

export type Severity = 'error' | 'warning' | 'advice';

/** One thing a rule found, as the rule says it. The engine adds the rest. */
export interface RuleFinding {
  /** JSON Pointer (RFC 6901): into the definition for fleet rules, into the object for object rules. */
  readonly path: string;
  /** What is wrong, with the values and units: lower case, one clause, no full stop. */
  readonly message: string;
  /** What to do: an imperative. */
  readonly fix: string;
  /** The object it is about; `path` is then a pointer into it. */
  readonly at?: PlacedObject;
  /** Where it is in the file, for rules on a file: what has no path yet. */
  readonly position?: Position;
  /** The classes it concerns, for rules on the fleet; default: all. */
  readonly classes?: readonly string[];
  /** How many it touches, where the rule knows better than the classes tell. */
  readonly affected?: Affected;
}

/** A place in a text. */
export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

export interface Affected {
  readonly clusters: number;
  readonly devices: number;
}

export interface Location {
  readonly role: 'source' | 'generated';
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
}

export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly fix: string;
  readonly why: string;
  readonly path: string;
  readonly locations: readonly Location[];
  /** `Kind/namespace/name`. */
  readonly object?: string;
  readonly fleet?: string;
  readonly affected?: Affected;
  /** Stable over edits elsewhere: digest of rule, fleet, object, path and message. */
  readonly fingerprint: string;
  /** Why it is accepted. Suppressed findings are reported and never fail a run. */
  readonly suppressed?: { readonly reason: string; readonly until?: string };
}

/** Something that could not be checked. Never a pass. */
export interface NotEvaluated {
  readonly rule: string;
  readonly fleet?: string;
  /** What was not checked, and why: lower case, no full stop. */
  readonly reason: string;
}

/** What one run of the checks yields. */
export interface CheckReport {
  readonly findings: readonly Finding[];
  readonly notEvaluated: readonly NotEvaluated[];
  readonly counts: {
    readonly fleets: number;
    readonly files: number;
    readonly objects: number;
    readonly errors: number;
    readonly warnings: number;
    readonly advice: number;
    readonly suppressed: number;
    readonly notEvaluated: number;
  };
}
