import type { RuleFinding } from '../check/finding.ts';
import { defineRule } from '../check/rule.ts';
import type { StatisticalGate } from '../fleet/spec.ts';
import { parseDuration } from '../fleet/units.ts';
import { exampleFleet } from './example-fleet.ts';
import { percent, points } from './numbers.ts';

export default defineRule({
  id: 'gate-can-decide',
  on: 'fleet',
  severity: 'error',
  summary: "The gate's numbers leave room between a healthy release and a bad one.",
  why: 'The gate weighs how well the evidence fits the baseline against how well it fits the baseline plus `detect`. With numbers that contradict each other it passes everything, rolls back everything, or never decides.',
  source: 'https://en.wikipedia.org/wiki/Sequential_probability_ratio_test',
  since: '0.1.0',

  *check({ spec }) {
    const { gate } = spec.rollout;
    if (gate.by !== 'human') yield* numbersOf(gate);
    if (parseDuration(gate.window) <= 0)
      yield {
        path: '/rollout/gate/window',
        message: `a window of ${gate.window} counts no requests`,
        fix: 'set gate.window to the look-back over which requests are counted, for example 10m',
      };
  },

  examples: [
    { title: 'baseline 0.5 %, rise 1 point, ceiling 5 %', subject: exampleFleet(), expect: [] },
    {
      title: 'percents where ratios belong',
      subject: exampleFleet({ rollout: { gate: { baseline: 0.5, detect: 1 } } }),
      expect: [
        'a rise of 100 points above a baseline of 50 % is 150 % of all requests',
        'a ceiling of 5 % is not above the baseline of 50 %, so healthy releases are rolled back',
      ],
    },
    {
      title: 'baseline, rise and alpha of 0, beta of a half',
      subject: exampleFleet({ rollout: { gate: { baseline: 0, detect: 0, alpha: 0, beta: 0.5 } } }),
      expect: [
        'a baseline of 0 % says that healthy devices never fail, so the first failed request is a rollback',
        'a rise of 0 points cannot be told from the baseline',
        'alpha of 0 asks for certainty, which no number of devices gives',
        'beta of 0.5 decides no better than a coin',
      ],
    },
    {
      title: 'beta just below a half',
      subject: exampleFleet({ rollout: { gate: { beta: 0.49 } } }),
      expect: [],
    },
    {
      title: 'a ceiling at the baseline, and no window',
      subject: exampleFleet({ rollout: { gate: { ceiling: 0.005, window: '0s' } } }),
      expect: [
        'a ceiling of 0.5 % is not above the baseline of 0.5 %, so healthy releases are rolled back',
        'a window of 0s counts no requests',
      ],
    },
  ],
});

function* numbersOf({ baseline, detect, ceiling, ...errors }: StatisticalGate): Iterable<RuleFinding> {
  if (baseline <= 0)
    yield {
      path: '/rollout/gate/baseline',
      message:
        'a baseline of 0 % says that healthy devices never fail, so the first failed request is a rollback',
      fix: 'set gate.baseline to the share that fails today, for example 0.001',
    };
  if (detect <= 0)
    yield {
      path: '/rollout/gate/detect',
      message: 'a rise of 0 points cannot be told from the baseline',
      fix: 'set gate.detect to the smallest rise that must not pass, for example 0.01',
    };
  if (baseline + detect >= 1)
    yield {
      path: '/rollout/gate/detect',
      message: `a rise of ${points(detect)} above a baseline of ${percent(baseline)} is ${percent(baseline + detect)} of all requests`,
      fix: 'set gate.detect so that baseline and detect together stay below 1; both are ratios, 0.01 is one percent',
    };
  for (const name of ['alpha', 'beta'] as const) {
    const error = errors[name];
    if (error > 0 && error < 0.5) continue;
    yield {
      path: `/rollout/gate/${name}`,
      message:
        error <= 0
          ? `${name} of 0 asks for certainty, which no number of devices gives`
          : `${name} of ${error} decides no better than a coin`,
      fix: `set gate.${name} above 0 and below 0.5, for example 0.01`,
    };
  }
  if (ceiling !== undefined && ceiling <= baseline)
    yield {
      path: '/rollout/gate/ceiling',
      message: `a ceiling of ${percent(ceiling)} is not above the baseline of ${percent(baseline)}, so healthy releases are rolled back`,
      fix: 'raise gate.ceiling well above gate.baseline, or leave it out',
    };
}
