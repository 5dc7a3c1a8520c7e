import { UserError } from '../errors.ts';
import { defineVerb } from './verb.ts';

/** Print all there is to know about a rule. */
export const explain = defineVerb<[rule: string], object>({
  name: 'explain',
  summary: 'say what a rule checks, why, and on which page it relies',
  examples: ['explain image-digest'],
  declare: (command) =>
    command.argument('<rule>', 'id of a rule, as findings and `breakwater rules` name it'),
  async run([id], _options, io) {
    const { rules } = await import('../rules/index.ts');
    const rule = rules.find((rule) => rule.id === id);
    if (rule === undefined) {
      const { nearest } = await import('../fleet/nearest.ts');
      const near = nearest(
        id,
        rules.map(({ id }) => id),
      );
      throw new UserError(
        'RULE_UNKNOWN',
        `no rule is called ${JSON.stringify(id)}`,
        near === undefined ? 'see breakwater rules' : `write ${near}, or see breakwater rules`,
      );
    }
    const { explainRule } = await import('../report/explain.ts');
    io.stdout(explainRule(rule));
    return 0;
  },
});
