import { UserError } from '../../errors.ts';
import type { Graph } from '../graph.ts';
import type { Precision, PrecisionOf } from './precision.ts';

/** By pattern for the name of what a layer makes; the first that fits counts. */
export type Overrides = Readonly<Record<string, Precision>>;

/**
 * What each operator computes in.
 * @param base of all that no pattern fits
 * @throws UserError `MODEL_UNSUPPORTED` for a pattern that fits no layer
 */
export function precisionBy(overrides: Overrides, base: Precision, graph: Graph): PrecisionOf {
  const patterns = Object.entries(overrides).map(
    ([pattern, precision]) => [pattern, expression(pattern), precision] as const,
  );
  const names = graph.operators.map(({ outputs }) => graph.tensors[outputs[0]!]!.name);
  for (const [pattern, fits] of patterns) {
    if (names.some((name) => fits.test(name))) continue;
    throw new UserError(
      'MODEL_UNSUPPORTED',
      `no layer of the network makes ${JSON.stringify(pattern)}; they make ${names.join(', ')}`,
      'name one of these, with * for any characters',
    );
  }
  return ({ outputs }) => {
    const { name } = graph.tensors[outputs[0]!]!;
    return patterns.find(([, fits]) => fits.test(name))?.[2] ?? base;
  };
}

/** `*` stands for any characters. */
const expression = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*')}$`);
