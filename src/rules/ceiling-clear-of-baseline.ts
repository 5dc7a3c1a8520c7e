import { defineRule } from '../check/rule.ts';
import { binomialAtLeast } from '../gate/binomial-tail.ts';
import { exampleFleet } from './example-fleet.ts';
import { judgedArms, statisticsIn } from '../gate/arms.ts';
import { count, percent, ratioAbove } from './numbers.ts';

/** Share of healthy releases that may be held up by a ceiling; a judgement. */
const HELD = 0.001;

export default defineRule({
  id: 'ceiling-clear-of-baseline',
  on: 'fleet',
  severity: 'error',
  summary: 'The ceiling is so far above the baseline that a healthy wave hardly ever shows more.',
  why: 'Shares of few observations scatter. A ceiling within their scatter holds healthy releases up, until somebody overrides the gate as a matter of course.',
  source: 'https://en.wikipedia.org/wiki/Binomial_distribution',
  since: '0.1.0',

  *check({ plan }) {
    const gate = statisticsIn(plan.gate);
    const ceiling = gate?.ceiling;
    if (gate === undefined || ceiling === undefined) return;
    const above = (observations: number, share: number): number =>
      // Twelve digits: 0.07 * 100 is 7.000000000000001.
      binomialAtLeast(
        Math.floor(Number((share * observations).toPrecision(12))) + 1,
        observations,
        gate.baseline,
      );
    for (const { wave, class: name, pass } of judgedArms(plan, gate)) {
      const observations = Math.floor(pass.observations.errors);
      const held = above(observations, ceiling);
      if (held <= HELD || observations === 0) continue;
      let [low, high] = [0, observations];
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (binomialAtLeast(middle + 1, observations, gate.baseline) <= HELD) high = middle;
        else low = middle;
      }
      yield {
        path: '/rollout/gate/ceiling',
        classes: [name],
        message: `a healthy wave ${wave.name} shows more than the ceiling of ${percent(ceiling)} in class ${name} with a probability of ${percent(held)}: of ${count(observations)} independent observations ${percent(gate.baseline)} fail on average`,
        fix: `set gate.ceiling to ${ratioAbove(high / observations)} or more, or let wave ${wave.name} be larger`,
      };
    }
  },

  examples: [
    { title: 'a ceiling of 5 % over a baseline of 0.5 %', subject: exampleFleet(), expect: [] },
    {
      title: 'a ceiling of 5 % over a baseline of 4.8 %',
      subject: exampleFleet({
        rollout: {
          waves: [
            { name: 'canary', percent: 1, soak: '24h' },
            { name: 'rest', percent: 100 },
          ],
          gate: { baseline: 0.048 },
        },
      }),
      expect: [
        'a healthy wave canary shows more than the ceiling of 5 % in class n100 with a probability of 34.92 %: of 1,978 independent observations 4.8 % fail on average',
      ],
    },
    {
      title: 'a ceiling of 5 % over a baseline of 3.6 %',
      subject: exampleFleet({ rollout: { gate: { baseline: 0.036 } } }),
      expect: [],
    },
  ],
});
