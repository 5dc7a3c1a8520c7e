import { defineRule } from '../check/rule.ts';
import { exampleObject } from './example-objects.ts';
import { exampleStructured } from './example-schemas.ts';

export default defineRule({
  id: 'kind-deprecated',
  on: 'objects',
  severity: 'warning',
  summary: 'No object may be of a kind or version that the API server of the class calls deprecated.',
  why: 'A later minor no longer has it, and then devices that are upgraded cannot take the release any more.',
  source: 'https://kubernetes.io/docs/reference/using-api/deprecation-policy/',
  since: '0.1.0',

  *check({ objects, schemas }) {
    for (const placed of objects) {
      const { apiVersion, kind } = placed.object;
      const warning = schemas?.find(apiVersion, kind)?.warning;
      if (warning === undefined) continue;
      const [, use] = /; use (.+)$/.exec(warning) ?? [];
      yield {
        path: '/apiVersion',
        at: placed,
        message: `kind ${kind} of ${apiVersion} ${warning.replace(/^\S+ \S+ (?=is )/, '').replace(/; use .+$/, '')}`,
        fix: use === undefined ? 'write it in another version' : `use ${use}`,
      };
    }
  },

  examples: [
    {
      title: 'a kind that stays',
      subject: exampleStructured([exampleObject('ConfigMap', 'settings')]),
      expect: [],
    },
    {
      title: 'a kind that the server warns of',
      subject: exampleStructured([exampleObject('Endpoints', 'inference')]),
      expect: ['kind Endpoints of v1 is deprecated in v1.33+'],
    },
  ],
});
