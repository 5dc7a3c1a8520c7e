import { describe, expect, test } from 'vitest';
import { prometheusDuration } from '../src/gate/promql/duration.ts';
import { withMatchers } from '../src/gate/promql/selector.ts';
import { heardFrom, watchedSince } from '../src/gate/promql/watched.ts';

describe('matchers', () => {
  test.each([
    ['requests_total', 'requests_total{class="n100",version=~"v1|v2"}'],
    [' requests_total{ code="500", } ', 'requests_total{code="500",class="n100",version=~"v1|v2"}'],
    ['requests_total{}', 'requests_total{class="n100",version=~"v1|v2"}'],
    ['{"requests.total",code!="}"}', '{"requests.total",code!="}",class="n100",version=~"v1|v2"}'],
    [':tf:count{status!="OK"}', ':tf:count{status!="OK",class="n100",version=~"v1|v2"}'],
  ])('are added to %s', (selector, expected) => {
    expect(withMatchers(selector, { class: 'n100', version: { pattern: 'v1|v2' } })).toBe(expected);
  });
  test.each(['', 'a b', 'rate(a[5m])', 'a offset 5m', 'a[5m]', 'a{b="c"', 'a{b="c"} or d{e="f"}', 'a{b="c}'])(
    'are not added to %s, which is not one selector',
    (selector) => expect(() => withMatchers(selector, {})).toThrow(/is not a series selector/),
  );
});

test.each([
  ['6h', '21600s'],
  ['1.5s', '1500ms'],
  ['10m', '600s'],
])('%s is %s to Prometheus', (duration, expected) => expect(prometheusDuration(duration)).toBe(expected));

describe('a slice is watched', () => {
  /** One letter for each step: N the new version answered, O the old one, B both, - neither, x nobody of the class. */
  const since = (steps: string): number => {
    const stepsMs = Array.from({ length: steps.length }, (_, index) => index);
    const times = (letters: string): number[] => stepsMs.filter((at) => letters.includes(steps[at]!));
    const series = [
      { labels: { slice: 's', version: 'new' }, times: times('NB') },
      { labels: { slice: 's', version: 'old' }, times: times('OB') },
      { labels: { slice: 'other', version: 'old' }, times: times('NOB-') },
    ];
    return watchedSince(heardFrom(series, stepsMs), 's', 'new');
  };
  test.each([
    ['NNNNN', 0, 'from the first step that was asked for'],
    ['OOBNN', 2, 'from its first answer with the new version'],
    ['N--NN', 0, 'also while it says nothing and others speak'],
    ['N----', 0, 'also where it never speaks again'],
    ['NxNNN', 2, 'only since the hub hears again'],
    ['NNONN', 3, 'only since it came back to the version'],
    ['NNNNx', 4, 'not at all where the hub hears nothing now'],
    ['-----', 4, 'not at all where it never answered'],
    ['-NNNN', 1, 'not before it answered'],
  ])('%s: %s, %s', (steps, expected) => expect(since(steps)).toBe(expected));
});
