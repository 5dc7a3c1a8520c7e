import { UserError } from '../errors.ts';
import { defineVerb } from './verb.ts';

/** Print all there is to know about a rule, or about a gate of models. */
export const explain = defineVerb<[id: string], object>({
  name: 'explain',
  summary: 'say what a rule, or a gate of models, checks, why, and on which page it relies',
  examples: ['explain image-digest', 'explain divergence'],
  declare: (command) =>
    command.argument(
      '<id>',
      'id of a rule, as findings and `breakwater rules` name it, or of a gate, as `breakwater build` does',
    ),
  async run([id], _options, io) {
    const { rules } = await import('../rules/index.ts');
    const { modelGates } = await import('../model/gates/index.ts');
    const { explainGate, explainRule } = await import('../report/explain.ts');
    const rule = rules.find((rule) => rule.id === id);
    const gate = modelGates.find((gate) => gate.id === id);
    if (rule === undefined && gate === undefined) {
      const { nearest } = await import('../fleet/nearest.ts');
      const near = nearest(
        id,
        [...rules, ...modelGates].map(({ id }) => id),
      );
      throw new UserError(
        'RULE_UNKNOWN',
        `no rule and no gate is called ${JSON.stringify(id)}`,
        near === undefined ? 'see breakwater rules' : `write ${near}, or see breakwater rules`,
      );
    }
    io.stdout(rule === undefined ? explainGate(gate!) : explainRule(rule));
    return 0;
  },
});
