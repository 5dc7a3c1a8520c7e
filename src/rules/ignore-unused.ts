import { defineRule } from '../check/rule.ts';
import { exampleIgnores } from './example-ignores.ts';

export default defineRule({
  id: 'ignore-unused',
  on: 'ignores',
  severity: 'warning',
  summary: 'An `ignore` entry must accept at least one finding.',
  why: 'An entry that accepts nothing today will accept the next finding unseen.',
  source: 'https://eslint.org/docs/latest/use/configure/rules#report-unused-eslint-disable-comments',
  since: '0.1.0',

  *check({ entries }) {
    for (const { entry, path, met } of entries) {
      if (met === 'unjudged') {
        yield { notEvaluated: `whether ${path} is used: ${entry.rule} could not judge everything` };
      }
      if (met !== 'unused') continue;
      const below = entry.path === undefined ? '' : ` at ${entry.path}`;
      yield {
        path,
        message: `ignore of ${entry.rule}${below} accepts nothing`,
        fix: 'remove the entry',
      };
    }
  },

  examples: [
    { title: 'an entry that accepts a finding', subject: exampleIgnores('used'), expect: [] },
    {
      title: 'an entry that accepts none',
      subject: exampleIgnores('unused', { path: '/spec/template' }),
      expect: ['ignore of image-digest at /spec/template accepts nothing'],
    },
    {
      title: 'an entry whose rule had nothing to look at',
      subject: exampleIgnores('unjudged'),
      expect: ['not evaluated: whether /ignore/0 is used: image-digest could not judge everything'],
    },
  ],
});
