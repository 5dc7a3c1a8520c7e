import { defineRule } from '../check/rule.ts';

export default defineRule({
  id: 'yaml-object',
  on: 'file',
  severity: 'error',
  summary: 'Every document of a file must be a Kubernetes object, and a file must hold at least one.',
  why: 'A file that is taken for manifests and holds none would pass every check, and nothing would run.',
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/#required-fields',
  since: '0.1.0',

  *check({ file, problems }) {
    for (const { kind, message, position } of problems) {
      if (kind === 'foreign') yield { notEvaluated: `${file}: ${message}` };
      if (kind !== 'object') continue;
      yield {
        path: '',
        position,
        message,
        fix: 'give it apiVersion, kind and metadata.name, or leave the file out',
      };
    }
  },

  examples: [
    { title: 'an object', subject: { file: 'pod.yaml', objects: 1, problems: [] }, expect: [] },
    {
      title: 'an empty file',
      subject: {
        file: 'pod.yaml',
        objects: 0,
        problems: [{ kind: 'object', message: 'file holds no object', position: { line: 1, column: 1 } }],
      },
      expect: ['file holds no object'],
    },
    {
      title: 'a file for another tool is not evaluated',
      subject: {
        file: 'kustomization.yaml',
        objects: 0,
        problems: [
          {
            kind: 'foreign',
            message: 'Kustomization is read by kustomize, not by the API server',
            position: { line: 1, column: 1 },
          },
        ],
      },
      expect: [
        'not evaluated: kustomization.yaml: Kustomization is read by kustomize, not by the API server',
      ],
    },
  ],
});
