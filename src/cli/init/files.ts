import { readFileSync } from 'node:fs';
import { packageRoot } from '../version.ts';
import { fleetTemplate } from './fleet-template.ts';

/** A file that `init` writes. */
export interface InitFile {
  /** From the working folder. */
  readonly path: string;
  readonly text: string;
  readonly executable?: boolean;
  /** Whether one that is there already may stay as it is: it is the user's, and need not be ours. */
  readonly keep?: boolean;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/**
 * Everything `init` writes, by path.
 *
 * @param fleet name of the first fleet
 * @param dependency what to write after `"breakwater":`
 */
export function initFiles(fleet: string, dependency: string): readonly InitFile[] {
  return [
    { path: `fleets/${fleet}.ts`, text: fleetTemplate(fleet) },
    {
      path: 'package.json',
      keep: true,
      text: json({
        private: true,
        type: 'module',
        scripts: { synth: 'breakwater synth', validate: 'breakwater validate', types: 'tsc' },
        dependencies: { breakwater: dependency },
        devDependencies: { typescript: '^7.0.2' },
      }),
    },
    {
      path: 'tsconfig.json',
      keep: true,
      text: json({
        compilerOptions: {
          target: 'es2023',
          module: 'preserve',
          strict: true,
          noEmit: true,
          skipLibCheck: true,
          types: [],
        },
        include: ['fleets'],
      }),
    },
    { path: '.gitignore', keep: true, text: 'node_modules\n.breakwater/\n.breakwater-tmp-*\n' },
    {
      path: '.gitattributes',
      keep: true,
      text: 'generated/** -text linguist-generated\nfleets/*.rollout.json -text\n',
    },
    {
      path: '.github/hooks/pre-commit',
      executable: true,
      text: readFileSync(new URL('.github/hooks/pre-commit', packageRoot), 'utf8'),
    },
    { path: '.github/workflows/breakwater.yml', text: WORKFLOW },
  ];
}

const WORKFLOW = `# Checks fleets in a pull request and comments what would change on which devices.
name: breakwater

on:
  push:
    branches: [main]
  pull_request:

permissions:
  contents: read
  pull-requests: write
  security-events: write

jobs:
  validate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          # Soak is counted from commit times.
          fetch-depth: 0
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: npm ci
      - uses: ./node_modules/breakwater/.github/actions/validate
`;
