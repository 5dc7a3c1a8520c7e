// Findings that a definition accepts with a reason.

import type { FleetSpec, Suppression } from '../fleet/spec.ts';
import { isBelow, step } from './json.ts';
import type { MetIgnore } from './rule.ts';
import type { Hit } from './run-rules.ts';

/** An `ignore` entry and where it stands. */
export interface Ignore {
  readonly entry: Suppression;
  /** JSON Pointer of the entry in the definition. */
  readonly path: string;
  readonly class?: string;
  readonly workload?: string;
}

/** All `ignore` entries of a definition: the fleet's, then those of classes and workloads. */
export function ignoresOf(spec: FleetSpec): readonly Ignore[] {
  const read = (
    entries: readonly Suppression[] | undefined,
    above: string,
    scope: Pick<Ignore, 'class' | 'workload'>,
  ): Ignore[] =>
    (entries ?? []).map((entry, index) => Object.assign({ entry, path: `${above}/ignore/${index}` }, scope));
  return [
    ...read(spec.ignore, '', {}),
    ...Object.entries(spec.classes).flatMap(([name, { ignore }]) =>
      read(ignore, `/classes${step(name)}`, { class: name }),
    ),
    ...Object.entries(spec.workloads).flatMap(([name, workload]) =>
      read('ignore' in workload ? workload.ignore : undefined, `/workloads${step(name)}`, { workload: name }),
    ),
  ];
}

/**
 * Whether an entry is about what a rule found. A fleet's entry is about everything; a class's and a workload's about
 * what was found in their objects, or at or below their place in the definition. Its `path` is compared with the
 * finding's as printed.
 */
export function accepts({ entry, class: name, workload }: Ignore, hit: Hit): boolean {
  const { rule, finding } = hit;
  if (entry.rule !== rule.id) return false;
  if (entry.path !== undefined && !isBelow(finding.path, entry.path)) return false;
  const inDefinition = finding.at === undefined;
  if (name !== undefined) {
    const only = hit.class ?? (finding.classes?.length === 1 ? finding.classes[0] : undefined);
    return only === name || (inDefinition && isBelow(finding.path, `/classes${step(name)}`));
  }
  if (workload !== undefined) {
    return (
      finding.at?.workload === workload ||
      (inDefinition && isBelow(finding.path, `/workloads${step(workload)}`))
    );
  }
  return true;
}

/** What became of an entry. */
export function metBy(
  { entry, path }: Ignore,
  used: boolean,
  { known, judged, today }: { readonly known: boolean; readonly judged: boolean; readonly today: string },
): MetIgnore {
  const met = !known
    ? 'unknown'
    : isExpired(entry, today)
      ? 'expired'
      : used
        ? 'used'
        : judged
          ? 'unused'
          : 'unjudged';
  return { entry, path, met };
}

/** Whether an entry's last day is over. Days are compared as text: `2027-03-01`. */
export const isExpired = ({ until }: Suppression, today: string): boolean =>
  until !== undefined && until < today;
