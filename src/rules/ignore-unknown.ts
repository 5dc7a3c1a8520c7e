import { nearest } from '../fleet/nearest.ts';
import { defineRule } from '../check/rule.ts';
import { exampleIgnores } from './example-ignores.ts';

export default defineRule({
  id: 'ignore-unknown',
  on: 'ignores',
  severity: 'error',
  summary: 'An `ignore` entry must name a rule that exists.',
  why: 'A misspelt entry accepts nothing, and once somebody corrects it, it may hide what nobody has looked at.',
  source: 'https://eslint.org/docs/latest/use/configure/rules#report-unused-eslint-disable-comments',
  since: '0.1.0',

  *check({ entries, rules }) {
    for (const { entry, path, met } of entries) {
      if (met !== 'unknown') continue;
      const like = nearest(entry.rule, rules);
      yield {
        path: `${path}/rule`,
        message: `ignore names rule "${entry.rule}", which does not exist`,
        fix: like === undefined ? 'remove the entry' : `write "${like}", or remove the entry`,
      };
    }
  },

  examples: [
    { title: 'a rule that exists', subject: exampleIgnores('used'), expect: [] },
    {
      title: 'a misspelt rule',
      subject: exampleIgnores('unknown', { rule: 'image-digests' }),
      expect: ['ignore names rule "image-digests", which does not exist'],
    },
  ],
});
