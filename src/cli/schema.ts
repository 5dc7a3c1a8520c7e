import { readFileSync } from 'node:fs';
import { Argument } from 'commander';
import { defineVerb } from './verb.ts';
import { packageRoot } from './version.ts';

const SCHEMAS = ['fleet', 'plan', 'evidence', 'record'];

/** Print a JSON schema. */
export const schema = defineVerb<[name: string], object>({
  name: 'schema',
  summary:
    'print the JSON schema of a fleet definition, of plan.json, of evidence for a gate or of its record',
  examples: ['schema > fleet.schema.json', 'schema plan'],
  declare: (command) =>
    command.addArgument(new Argument('[name]', 'which schema').choices(SCHEMAS).default('fleet')),
  async run([name], _options, io) {
    io.stdout(readFileSync(new URL(`schemas/${name}.schema.json`, packageRoot), 'utf8'));
    return 0;
  },
});
