// Models of several shapes, with what Breakwater says that they take.

import { byRecipe } from '../../../src/dev/bench/memory.ts';
import { Network, NETWORKS } from '../../../src/dev/bench/networks.ts';
import { FUSED } from '../../../src/model/tflite/operators.ts';
import type { Graph } from '../../../src/model/graph.ts';
import { estimateMemory } from '../../../src/model/memory/estimate.ts';
import { closed } from '../../../src/model/quantize/calibrate.ts';
import { writeTflite } from '../../../src/model/tflite/write.ts';

export interface SizedModel {
  readonly name: string;
  readonly file: Uint8Array;
  /** Bytes of one interpreter at its peak, as estimated. */
  readonly interpreterBytes: number;
}

const of = (name: string, graph: Graph): SizedModel => ({
  name,
  file: writeTflite(closed(graph), ''),
  interpreterBytes: estimateMemory(graph).interpreter,
});

/** Weights outweigh all else: 25 MB. */
function wide(): Graph {
  const net = new Network([1, 1024], 11);
  return net.graph(net.dense(net.dense(net.input, 2048, FUSED.RELU), 2048));
}

/** Activations outweigh all else: 16 MB before the mean. */
function tall(): Graph {
  const net = new Network([1, 32, 32, 3], 12);
  let x = net.convolution(net.input, 16);
  for (let times = 0; times < 4; times += 1) x = net.doubled(x, 'RESIZE_NEAREST_NEIGHBOR');
  return net.graph(net.mean(x));
}

/** Four models beside the fleet's own. */
export async function sizedModels(): Promise<readonly SizedModel[]> {
  return [
    of('mobile', await byRecipe(NETWORKS['mobile']!(), 'int8')),
    of('hourglass', NETWORKS['hourglass']!()),
    of('wide', wide()),
    of('tall', tall()),
  ];
}
