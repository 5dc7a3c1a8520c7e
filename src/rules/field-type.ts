import { defineRule } from '../check/rule.ts';
import { structureOfObjects } from '../check/structure-of-objects.ts';
import { exampleObject } from './example-objects.ts';
import { exampleStructured } from './example-schemas.ts';

/** What a type is called, with its article. */
const NAMES: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

const nameOf = (type: string): string => NAMES[type] ?? type;

/** A value as it may stand in a message. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text;
}

function fixFor(value: unknown, wanted: readonly string[]): string {
  if (wanted.includes('string') && ['number', 'boolean'].includes(typeof value))
    return `write it in quotes: "${String(value)}"`;
  if (wanted.includes('integer') && typeof value === 'string' && /^-?\d+$/.test(value))
    return `write it without quotes: ${value}`;
  if (wanted.includes('array')) return 'write a list: put a dash before each item';
  return `write ${wanted.map(nameOf).join(' or ')}`;
}

export default defineRule({
  id: 'field-type',
  on: 'objects',
  severity: 'error',
  summary: 'Every field must hold a value of the type that the API server expects.',
  why: 'The server refuses the object, so Flux applies nothing of the release. YAML makes numbers of 0042 and truth of yes without being asked.',
  source: 'https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation',
  since: '0.1.0',

  *check(subject) {
    for (const { placed, problem } of structureOfObjects(subject, 'type')) {
      const { path, value, wanted } = problem;
      yield {
        path,
        at: placed,
        message: `expected ${wanted.map(nameOf).join(' or ')}, got ${shown(value)}`,
        fix: fixFor(value, wanted),
      };
    }
  },

  examples: [
    {
      title: 'a port by number, another by name',
      subject: exampleStructured([
        exampleObject('Service', 'inference', { spec: { ports: [{ port: 80, targetPort: 'http' }] } }),
      ]),
      expect: [],
    },
    {
      title: 'a number in quotes',
      subject: exampleStructured([
        exampleObject('Service', 'inference', { spec: { ports: [{ port: '80' }] } }),
      ]),
      expect: ['expected a whole number, got "80"'],
    },
    {
      title: 'a text that YAML took for a number',
      subject: exampleStructured([exampleObject('ConfigMap', 'settings', { data: { cluster: 34 } })]),
      expect: ['expected a text, got 34'],
    },
    {
      title: 'one item where a list belongs',
      subject: exampleStructured([exampleObject('Service', 'inference', { spec: { ports: { port: 80 } } })]),
      expect: ['expected a list, got a mapping'],
    },
  ],
});
