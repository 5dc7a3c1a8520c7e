// What may be wrong on a device that is no failed request, as PromQL: for rules and for `breakwater gate` alike.

import type { PlannedMetrics, PlannedTrouble, TroubleKind } from '../../plan/plan.ts';
import { anyOf, withMatchers } from './selector.ts';
import { answered, DEVICE, grown, type Look } from './series.ts';

/** Of the devices that answer, the share that must show a kind of trouble's series for its absence to mean something. */
export const OBSERVED = 0.5;

/** Vectors with one or more elements for each agent that is meant. */
export interface Signs {
  /** On which it went wrong within the window. */
  readonly troubled: string;
  /** Of which it is known whether it did. */
  readonly observed: string;
}

/** Every selector that is asked of a workload. */
export const selectorsOf = ({ errors, requests, trouble = {} }: PlannedMetrics): string[] => [
  errors,
  requests,
  ...Object.values(trouble).map(({ series }) => series),
];

type Window = Pick<Look, 'matchers' | 'window'>;

/** Agents whose server answered within the window: of them it should be known. */
export const lately = ({ matchers, window }: Window): string => answered({ matchers, overdueAfter: window });

/**
 * Where a kind of trouble shows in some classes.
 *
 * Only what a server says of itself: one that is killed and does not come back is overdue.
 */
export function signsOf(
  kind: TroubleKind,
  { series, above }: PlannedTrouble,
  look: Window,
  classes: readonly string[],
): Signs {
  const parts = [...byThreshold(above, classes)].map(([threshold, names]) => {
    const matchers = { ...look.matchers, class: names.length === 1 ? names[0]! : anyOf(names) };
    return { threshold, look: { ...look, matchers } };
  });
  const each = (expression: (part: (typeof parts)[number]) => string): string =>
    parts.map(expression).join('\n  or ');
  return {
    troubled: each((part) => TROUBLED[kind](series, part.look, part.threshold)),
    observed: each(
      (part) => `present_over_time(${withMatchers(series, part.look.matchers)}[${look.window}])`,
    ),
  };
}

const TROUBLED: Readonly<Record<TroubleKind, (series: string, look: Window, above: number) => string>> = {
  nearMemoryLimit: (series, { matchers, window }, above) =>
    `max_over_time(${withMatchers(series, matchers)}[${window}]) > ${above}`,
  outOfMemory: (series, look) => `(${grown(series, look)}) > 0`,
  restarted: (series, { matchers, window }) => `resets(${withMatchers(series, matchers)}[${window}]) > 0`,
  // Without requests it is no number, and no number is above anything.
  slow: (series, { matchers, window }, above) =>
    `histogram_quantile(0.95, sum by (${[...DEVICE, 'version', 'le'].join(', ')}) (rate(${withMatchers(series, matchers)}[${window}]))) > ${above}`,
};

/** Classes by what they compare with, in order. */
function byThreshold(above: PlannedTrouble['above'], classes: readonly string[]): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const name of classes) {
    const threshold = above?.[name] ?? 0;
    found.set(threshold, [...(found.get(threshold) ?? []), name]);
  }
  return found;
}
