import { defineRule } from '../check/rule.ts';

export default defineRule({
  id: 'yaml-syntax',
  on: 'file',
  severity: 'error',
  summary: 'A file must be YAML or JSON as the API server reads it, with no key twice in one mapping.',
  why: 'What cannot be read is not checked, and of two values under one key the API server silently keeps one.',
  source: 'https://pkg.go.dev/sigs.k8s.io/yaml',
  since: '0.1.0',

  *check({ problems }) {
    for (const { kind, message, position } of problems) {
      if (kind === 'syntax') {
        yield { path: '', position, message, fix: 'correct the text at this line and column' };
      }
    }
  },

  examples: [
    { title: 'an object', subject: { file: 'pod.yaml', objects: 1, problems: [] }, expect: [] },
    {
      title: 'a key that stands twice',
      subject: {
        file: 'pod.yaml',
        objects: 0,
        problems: [
          {
            kind: 'syntax',
            message: 'the same key stands twice in one mapping',
            position: { line: 4, column: 3 },
          },
        ],
      },
      expect: ['the same key stands twice in one mapping'],
    },
  ],
});
