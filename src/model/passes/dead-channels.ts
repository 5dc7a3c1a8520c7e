// Removes channels that no output of the network depends on.

import type { Graph } from '../graph.ts';
import { removable, type Removal } from './channels/classes.ts';
import { constantChannels } from './channels/constant-channels.ts';
import { kernelOf } from './channels/kernel.ts';
import { without } from './channels/without.ts';
import { compact } from './compact.ts';

export interface Pruned {
  readonly graph: Graph;
  /** Outputs of convolutions and matrix products that are no longer computed. */
  readonly channels: number;
}

/**
 * Remove channels that are constant, or that nobody looks at. Never approximate: every output keeps its bits, for any finite
 * input. Of floats, only what takes no rounding is known to be constant, and only zeros are taken out of a sum; of int8, what
 * a constant adds to a sum of whole numbers moves into the bias.
 *
 * Run it on a quantized int8 network rather than on the floats it is made of: many weights are too small to survive as codes,
 * and scales stay those of the whole network.
 */
export function removeDeadChannels(graph: Graph): Pruned {
  let [current, channels] = [graph, 0];
  // Each round takes weights away, so that there is an end.
  for (;;) {
    const known = constantChannels(current);
    const removal = removable(current, known);
    if (removal.size === 0) return { graph: current === graph ? graph : compact(current), channels };
    channels += outputsIn(current, removal);
    current = compact(without(current, removal, known));
  }
}

const outputsIn = ({ tensors, operators }: Graph, removal: Removal): number =>
  operators.reduce(
    (sum, operator) =>
      kernelOf(operator, tensors) === undefined ? sum : sum + (removal.get(operator.outputs[0]!)?.size ?? 0),
    0,
  );
