import { largestLayer } from '../layer-bytes.ts';
import { whole } from '../whole.ts';
import type { ModelGate } from './gate.ts';

export const size: ModelGate = {
  id: 'size',
  summary: 'The file is no larger than its budget.',
  why: 'Every device pulls the file over its uplink, and the server keeps the whole of it in memory.',
  source: 'https://ai.google.dev/edge/litert/models/model_optimization',

  judge({ file, built, limits: { bytes } }) {
    const largest = largestLayer(built);
    const layer = largest && `; the largest layer, ${largest.name}, ${whole(largest.bytes)}`;
    const message = `${whole(file.byteLength)} bytes`;
    if (bytes === undefined)
      return { verdict: 'PASS', message: `${message}, no budget declared${layer ?? ''}` };
    const both = `${message} of ${whole(bytes)}${layer ?? ''}`;
    if (file.byteLength <= bytes) return { verdict: 'PASS', message: both };
    return {
      verdict: 'FAIL',
      message: both,
      fix: 'prune the network, its largest layer first, choose a smaller one, or raise the budget',
    };
  },
};
