// What the series that agents send say about devices, as PromQL. The rules that are generated and the questions that
// `breakwater gate` asks are made of the same expressions.

import { withMatchers, type Matchers } from './selector.ts';

/** What names a device: a board of a cluster, in the class and slice that the cluster was told. */
export const DEVICE = ['cluster', 'device', 'class', 'slice'] as const;

/** Series that Breakwater's agents write, of whichever fleet. */
export const OURS: Matchers = {
  slice: { pattern: 'p[0-9]{3}[.][0-9]{2}' },
  version: { pattern: 'v[0-9a-f]{12}' },
};

/** Which series, and how far back. Durations as Prometheus writes them. */
export interface Look {
  readonly matchers: Matchers;
  /** Over which requests are counted. */
  readonly window: string;
  /** Silence after which a device is overdue. */
  readonly overdueAfter: string;
}

const list = (labels: readonly string[]): string => labels.join(', ');

/** How many there are, by some labels. */
export const countBy = (labels: readonly string[], vector: string): string =>
  `count by (${list(labels)}) (${vector})`;

/** One for each set of labels that is there. */
export const groupBy = (labels: readonly string[], vector: string): string =>
  `group by (${list(labels)}) (${vector})`;

export const sumBy = (labels: readonly string[], vector: string): string =>
  `sum by (${list(labels)}) (${vector})`;

/** Agents whose server answered at least once before it would be overdue. `up` is 0 where only the agent lives. */
export const answered = ({ matchers, overdueAfter }: Pick<Look, 'matchers' | 'overdueAfter'>): string =>
  `max_over_time(${withMatchers('up', matchers)}[${overdueAfter}]) > 0`;

/** Agents whose server answers now. Prometheus looks back five minutes. */
export const answering = ({ matchers }: Pick<Look, 'matchers'>): string =>
  `${withMatchers('up', matchers)} == 1`;

/** Agents that were ever heard in the time for which a device is known where no inventory names it. */
export const known = ({ matchers }: Pick<Look, 'matchers'>): string =>
  `present_over_time(${withMatchers('up', matchers)}[${KNOWN_FOR}])`;

/** How long a device that an inventory of counts does not name is known after it was heard last. */
export const KNOWN_FOR = '1w';

/**
 * By how much a counter grew within the window, of each series.
 *
 * Resets are no decrease. A series that appears while its agent is there already counts whole: a server often has
 * no series for an error before the first one, and `increase` does not see where there was nothing. What is negative
 * or no number is left out; {@link wrong} tells of it.
 */
export function grown(selector: string, { matchers, window }: Pick<Look, 'matchers' | 'window'>): string {
  const series = withMatchers(selector, matchers);
  const agent = `on (${list([...DEVICE, 'version'])}) ${withMatchers('up', matchers)} offset ${window}`;
  const appeared = `(last_over_time(${series}[${window}]) unless (${series} offset ${window})) and ${agent}`;
  return `((${appeared}) or increase(${series}[${window}])) >= 0`;
}

/** What can not be, by the name of what is wrong. Each expression is empty where all is well. */
export function wrong(
  selectors: readonly string[],
  look: Pick<Look, 'matchers' | 'window'>,
): Readonly<Record<string, string>> {
  const up = withMatchers('up', look.matchers);
  const counters = [...new Set(selectors)].map((selector) => withMatchers(selector, look.matchers));
  return {
    // One agent to a pod sends one such series: more are copies, as of two receivers, and every request counts twice.
    duplicate: `${countBy([...DEVICE, 'version'], up)} > 1`,
    unnamed:
      withMatchers('up', { ...look.matchers, cluster: '' }) +
      ` or ${withMatchers('up', { ...look.matchers, device: '' })}`,
    negative: counters.map((series) => `min_over_time(${series}[${look.window}]) < 0`).join(' or '),
    // NaN is the only value that differs from itself.
    'no number': counters.map((series) => `${series} != ${series}`).join(' or '),
    // A device that two slices or two classes claim.
    'two places': `${countBy(['cluster', 'device', 'version'], groupBy([...DEVICE, 'version'], up))} > 1`,
  };
}
