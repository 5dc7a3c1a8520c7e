import { rulesFormats } from '../report/rules.ts';
import { formatAs, formatOption } from './options.ts';
import { defineVerb } from './verb.ts';

/** List the rules. */
export const rules = defineVerb<[], { readonly format: string }>({
  name: 'rules',
  summary: 'list the rules',
  examples: ['rules', 'rules --format json'],
  declare: (command) => command.addOption(formatOption(rulesFormats)),
  async run(_args, { format }, io) {
    const { rules } = await import('../rules/index.ts');
    io.stdout(formatAs(rulesFormats, format, rules));
    return 0;
  },
});
