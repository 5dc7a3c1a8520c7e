import { UserError } from '../../../errors.ts';
import type { Operator, Tensor } from '../../graph.ts';
import type { Numbers } from './numbers.ts';

/** An operator with what is known of it before it runs. */
export interface Step {
  readonly operator: Operator;
  /** `undefined` where an optional input is absent. */
  readonly inputs: readonly (Tensor | undefined)[];
  readonly outputs: readonly Tensor[];
  /** Numbers of those inputs that are constants. */
  readonly constants: readonly (Numbers | undefined)[];
  /** Whether LiteRT leaves the operator to XNNPACK, whose arithmetic on codes is another. */
  readonly delegated: boolean;
}

/** Computes the outputs. An absent input is an empty array. */
export type Compute = (inputs: readonly Numbers[], outputs: readonly Numbers[]) => void;

/**
 * Prepare an operator.
 * @throws UserError `MODEL_UNSUPPORTED` for types or options that it does not know
 */
export type Kernel = (step: Step) => Compute;

/** @param what there is no kernel for, besides the operator itself */
export function unsupported({ operator: { kind }, outputs }: Step, what = ''): UserError {
  return new UserError(
    'MODEL_UNSUPPORTED',
    `there is no reference kernel for ${kind}${what}, which makes ${outputs[0]!.name}`,
    'run it on LiteRT',
  );
}

/** An input that is a constant. @throws UserError `MODEL_UNSUPPORTED` where it is computed */
export function constantAt(step: Step, position: number): Numbers {
  const numbers = step.constants[position];
  if (numbers === undefined) throw unsupported(step, ` whose input ${position} is no constant`);
  return numbers;
}

/** Types of input and output as one word where they are equal. @throws UserError `MODEL_UNSUPPORTED` for any other */
export function typeOf(step: Step): 'float32' | 'int8' | 'int16' {
  const [input, output] = [step.inputs[0]!.type, step.outputs[0]!.type];
  if (input === output && (output === 'float32' || output === 'int8' || output === 'int16')) return output;
  throw unsupported(step, ` from ${input} to ${output}`);
}
