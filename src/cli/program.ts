import { Command, CommanderError } from 'commander';
import { UserError } from '../errors.ts';
import { type ExitStatus, type Io, progress, withColour } from './io.ts';
import { bold, red } from '../report/style.ts';
import type { Verb, VerbGroup } from './verb.ts';
import { ownPackage } from './version.ts';

/** Run a command line of verbs. Never throws and never exits. */
export async function runProgram(
  verbs: readonly (Verb | VerbGroup)[],
  argv: readonly string[],
  plain: Io,
): Promise<ExitStatus> {
  const io = withColour(plain);
  let status: ExitStatus = 0;
  const program = buildProgram(verbs, io, async (verb, command) => {
    status = await verb.run(command.processedArgs, command.opts(), io);
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return status;
  } catch (error) {
    progress(io, '');
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    io.stderr(formatError(error));
    return error instanceof UserError ? 2 : 3;
  }
}

/** What a thrown value looks like to the user: a `UserError` with its remedy, anything else with its stack. */
function formatError(error: unknown): string {
  if (error instanceof UserError) {
    return `${red(bold(`error[${error.code}]`))}: ${error.message}\n  ${bold('fix')}: ${error.hint}\n`;
  }
  const stack = error instanceof Error ? error.stack : String(error);
  return `${stack}\n${red(bold('error'))}: this is a bug in breakwater ${ownPackage.version}\n`;
}

/** The command line as commander sees it. */
function buildProgram(
  verbs: readonly (Verb | VerbGroup)[],
  io: Io,
  run: (verb: Verb, command: Command) => Promise<void>,
): Command {
  const program = new Command('breakwater')
    .description(ownPackage.description)
    .version(ownPackage.version, '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [verb]', 'print help of a verb')
    .usage('<verb> [options]')
    .commandsGroup('Verbs:')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout(text),
      writeErr: (text) => io.stderr(text),
      getOutHelpWidth: () => io.terminal.columns,
      getErrHelpWidth: () => io.terminal.columns,
      getOutHasColors: () => true,
      getErrHasColors: () => true,
      outputError: (text, write) => write(rewordFlagError(text)),
    })
    .configureHelp({ styleTitle: bold, subcommandTerm: (verb) => verb.name() });
  for (const verb of verbs) addVerb(program, verb, run);
  return program;
}

function addVerb(
  parent: Command,
  verb: Verb | VerbGroup,
  run: (verb: Verb, command: Command) => Promise<void>,
): void {
  const command = parent.command(verb.name).summary(verb.summary);
  if ('verbs' in verb) {
    command
      .description(sentence(verb.summary))
      .usage('<verb> [options]')
      .commandsGroup('Verbs:')
      .helpCommand(false);
    for (const each of verb.verbs) addVerb(command, each, run);
    return;
  }
  command
    .description(verb.description ?? sentence(verb.summary))
    .addHelpText(
      'after',
      `\n${bold('Example:')}\n${verb.examples.map((line) => `  breakwater ${line}\n`).join('')}`,
    );
  verb.declare(command);
  command.action(async () => run(verb, command));
}

/** A summary as a sentence. */
const sentence = (summary: string): string => `${summary[0]!.toUpperCase()}${summary.slice(1)}.`;

/** Commander's complaint about a flag, in our words and the shape of our errors. */
function rewordFlagError(text: string): string {
  const [, complaint = text.trim(), near] =
    /^error: ([^\n]*)\n(?:\(Did you mean (.*)\?\)\n)?/s.exec(text) ?? [];
  const message = complaint
    .replace('unknown command', 'unknown verb')
    .replace(/^command-argument value (.*) is invalid for argument '(.*)'/, '$1 is no $2')
    .replace(/\. Expected/, ': expected')
    .replace(/\. Allowed choices are/, ': the choices are')
    .replace(/\.$/, '');
  return formatError(
    new UserError('FLAG', message, near === undefined ? 'see --help' : `write ${near}, or see --help`),
  );
}
