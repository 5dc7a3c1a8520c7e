import { defineRule } from '../check/rule.ts';
import { structureOfObjects } from '../check/structure-of-objects.ts';
import { exampleObject } from './example-objects.ts';
import { exampleStructured } from './example-schemas.ts';

export default defineRule({
  id: 'field-known',
  on: 'objects',
  severity: 'error',
  summary: 'Every field must be one that the API server of the class knows.',
  why: 'Flux applies with strict validation where it can, and then the whole release fails; elsewhere the server drops a misspelt field, and the setting that somebody relied on is not there.',
  source: 'https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation',
  since: '0.1.0',

  *check(subject) {
    for (const { placed, problem } of structureOfObjects(subject, 'unknown')) {
      const { path, field, near } = problem;
      yield {
        path,
        at: placed,
        message: `there is no field "${field}" here in Kubernetes ${subject.schemas!.minor}`,
        fix: near === undefined ? 'remove it, or move it to where it belongs' : `write ${near}`,
      };
    }
  },

  examples: [
    {
      title: 'fields as the server has them',
      subject: exampleStructured([
        exampleObject('Service', 'inference', { spec: { ports: [{ port: 80 }] } }),
      ]),
      expect: [],
    },
    {
      title: 'a field in the wrong spelling',
      subject: exampleStructured([
        exampleObject('Service', 'inference', { spec: { ports: [{ port: 80, targetport: 8501 }] } }),
      ]),
      expect: ['there is no field "targetport" here in Kubernetes 1.36'],
    },
    {
      title: 'names of labels and keys of data are free',
      subject: exampleStructured([exampleObject('ConfigMap', 'settings', { data: { anything: 'goes' } })]),
      expect: [],
    },
  ],
});
