import { defineRule } from '../check/rule.ts';
import { exampleIgnores } from './example-ignores.ts';

export default defineRule({
  id: 'ignore-expired',
  on: 'ignores',
  severity: 'warning',
  summary: 'An `ignore` entry must not be past its last day.',
  why: 'Past that day it accepts nothing any more: somebody promised to have solved it by then.',
  source: 'https://eslint.org/docs/latest/use/configure/rules#report-unused-eslint-disable-comments',
  since: '0.1.0',

  *check({ entries }) {
    for (const { entry, path, met } of entries) {
      if (met !== 'expired') continue;
      yield {
        path: `${path}/until`,
        message: `ignore of ${entry.rule} ended on ${entry.until ?? ''}`,
        fix: 'solve what it accepted and remove the entry, or give it a new day and the reason for it',
      };
    }
  },

  examples: [
    {
      title: 'the last day is still to come',
      subject: exampleIgnores('used', { until: '2027-03-01' }),
      expect: [],
    },
    {
      title: 'the last day is over',
      subject: exampleIgnores('expired', { until: '2026-03-01' }),
      expect: ['ignore of image-digest ended on 2026-03-01'],
    },
  ],
});
