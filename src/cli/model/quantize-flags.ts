// Flags that depart from a plain recipe: what `quantization` is in a definition.

import { type Command, InvalidArgumentError, Option } from 'commander';
import type { QuantizationSpec } from '../../fleet/model-spec.ts';

/** As commander gives them. */
export interface QuantizeFlags {
  readonly observer?: NonNullable<QuantizationSpec['observer']>;
  readonly layer?: NonNullable<QuantizationSpec['layers']>;
  readonly dense?: NonNullable<QuantizationSpec['dense']>;
  readonly equalize?: true;
  readonly correctBias?: true;
}

export const addQuantizeFlags = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--observer <observer>',
        'what tells the range of an int8 activation (default: minmax)',
      ).choices(['minmax', 'percentile', 'mse']),
    )
    .option(
      '--layer <pattern=type>',
      'a layer that computes in int8, int16x8 or float, by the name of what it makes; * for any characters; may be repeated',
      addLayer,
    )
    .addOption(
      new Option(
        '--dense <scales>',
        'scales of a matrix product: for each row, or one for the whole (default: row)',
      ).choices(['row', 'whole']),
    )
    .option('--equalize', 'move factors of channels from layer to layer')
    .option('--correct-bias', 'put the mean error of rounded weights into biases');

export const quantizationOf = ({ layer, ...rest }: QuantizeFlags): QuantizationSpec => ({
  ...rest,
  ...(layer === undefined ? {} : { layers: layer }),
});

const TYPES = ['int8', 'int16x8', 'float'] as const;

function addLayer(text: string, before: QuantizationSpec['layers'] = {}): QuantizationSpec['layers'] {
  const [, pattern, name] = /^(.+)=([^=]+)$/.exec(text) ?? [];
  const type = TYPES.find((one) => one === name);
  if (pattern === undefined || type === undefined)
    throw new InvalidArgumentError(`write a pattern, = and one of ${TYPES.join(', ')}.`);
  return { ...before, [pattern]: type };
}
