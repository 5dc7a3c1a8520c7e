import { defineRule } from '../check/rule.ts';
import { structureOfObjects } from '../check/structure-of-objects.ts';
import { exampleObject } from './example-objects.ts';
import { exampleStructured } from './example-schemas.ts';

export default defineRule({
  id: 'field-required',
  on: 'objects',
  severity: 'error',
  summary: 'Every field that the API server requires must be there.',
  why: 'The server refuses the object, so Flux applies nothing of the release, on every cluster of the wave.',
  source: 'https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation',
  since: '0.1.0',

  *check(subject) {
    for (const { placed, problem } of structureOfObjects(subject, 'missing')) {
      const { path, field } = problem;
      yield { path, at: placed, message: `required field "${field}" is missing`, fix: `add ${field}` };
    }
  },

  examples: [
    {
      title: 'a port with its number',
      subject: exampleStructured([
        exampleObject('Service', 'inference', { spec: { ports: [{ port: 80 }] } }),
      ]),
      expect: [],
    },
    {
      title: 'a port with its name only',
      subject: exampleStructured([
        exampleObject('Service', 'inference', { spec: { ports: [{ name: 'http' }] } }),
      ]),
      expect: ['required field "port" is missing'],
    },
  ],
});
