import { defineRule } from '../check/rule.ts';
import { structureOfObjects } from '../check/structure-of-objects.ts';
import { nearest } from '../fleet/nearest.ts';
import { exampleObject } from './example-objects.ts';
import { exampleStructured } from './example-schemas.ts';

export default defineRule({
  id: 'field-choice',
  on: 'objects',
  severity: 'error',
  summary: 'Where the API server takes one of a few values, the value must be one of them.',
  why: 'The server refuses the object, so Flux applies nothing of the release. Case counts: always is not Always.',
  source: 'https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation',
  since: '0.1.0',

  *check(subject) {
    for (const { placed, problem } of structureOfObjects(subject, 'choice')) {
      const { path, value, choices } = problem;
      const names = choices.map((choice) => (typeof choice === 'string' ? choice : JSON.stringify(choice)));
      const written = typeof value === 'string' ? value : JSON.stringify(value);
      const near =
        names.find((name) => name.toLowerCase() === written.toLowerCase()) ?? nearest(written, names);
      yield {
        path,
        at: placed,
        message: `${JSON.stringify(value)} is none of ${names.join(', ')}`,
        fix: near === undefined ? 'write one of them' : `write ${near}`,
      };
    }
  },

  examples: [
    {
      title: 'a type that there is',
      subject: exampleStructured([exampleObject('Service', 'inference', { spec: { type: 'NodePort' } })]),
      expect: [],
    },
    {
      title: 'a type in the wrong case',
      subject: exampleStructured([exampleObject('Service', 'inference', { spec: { type: 'nodePort' } })]),
      expect: ['"nodePort" is none of ClusterIP, ExternalName, LoadBalancer, NodePort'],
    },
  ],
});
