import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

interface Step {
  readonly id?: string;
  readonly name: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly 'working-directory'?: string;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

/** What one step of an action did. */
export interface StepRun {
  readonly name: string;
  /** `undefined`: skipped by its condition, or an action of somebody else. */
  readonly status: number | null | undefined;
  readonly output: string;
  /** What is handed to an action of somebody else. */
  readonly with?: Readonly<Record<string, string>>;
}

/** Values that expressions such as `github.event.pull_request.number` have, by their text. */
export type Context = Readonly<Record<string, string>>;

/**
 * Run a composite action's own steps with bash, as GitHub's runner does (`bash -eo pipefail`), until one fails.
 * Understands the expressions that our action uses: names, `==`, `!=`, `&&`.
 */
export function runAction(
  file: string,
  folder: string,
  context: Context,
  env: Record<string, string>,
): StepRun[] {
  const action = parse(readFileSync(file, 'utf8')) as Action;
  const temporary = join(folder, '.runner');
  mkdirSync(temporary, { recursive: true });
  const known = new Map(Object.entries(context));
  const fill = (text: string): string =>
    text.replaceAll(/\$\{\{\s*(.*?)\s*\}\}/g, (_, name: string) => known.get(name) ?? '');
  for (const [name, { default: value = '' }] of Object.entries(action.inputs)) {
    if (!known.has(`inputs.${name}`)) known.set(`inputs.${name}`, fill(value));
  }
  const runs: StepRun[] = [];
  for (const step of action.runs.steps) {
    const wanted = step.if === undefined || holds(step.if, known);
    if (!wanted || step.run === undefined) {
      const handed = Object.entries(step.with ?? {}).map(([key, value]) => [key, fill(value)]);
      runs.push({
        name: step.name,
        status: undefined,
        output: '',
        ...(wanted ? { with: Object.fromEntries(handed) as Record<string, string> } : {}),
      });
      continue;
    }
    const outputs = join(temporary, 'outputs');
    writeFileSync(outputs, '');
    const stepEnv = Object.entries(step.env ?? {}).map(([key, value]) => [key, fill(value)]);
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run],
      {
        cwd: join(folder, fill(step['working-directory'] ?? '.')),
        encoding: 'utf8',
        env: {
          PATH: process.env['PATH'],
          HOME: temporary,
          RUNNER_TEMP: temporary,
          GITHUB_OUTPUT: outputs,
          GITHUB_STEP_SUMMARY: join(temporary, 'summary.md'),
          ...env,
          ...(Object.fromEntries(stepEnv) as Record<string, string>),
        },
      },
    );
    for (const line of readFileSync(outputs, 'utf8').split('\n')) {
      const [, key, value] = /^([^=]+)=(.*)$/.exec(line) ?? [];
      if (key !== undefined) known.set(`steps.${step.id}.outputs.${key}`, value!);
    }
    runs.push({ name: step.name, status, output: stdout + stderr });
    if (status !== 0) break;
  }
  return runs;
}

const holds = (condition: string, known: ReadonlyMap<string, string>): boolean =>
  condition.split('&&').every((clause) => {
    const [, name, operator, value] = /^\s*(\S+)\s*(==|!=)\s*'(.*)'\s*$/.exec(clause) ?? [];
    if (name === undefined) throw new Error(`cannot read the condition ${clause}`);
    return (known.get(name) ?? '') === value ? operator === '==' : operator === '!=';
  });
