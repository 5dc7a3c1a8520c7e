import { whole } from '../whole.ts';
import type { ModelGate } from './gate.ts';

export const size: ModelGate = {
  id: 'size',
  summary: 'The file is no larger than its budget.',
  why: 'Every device pulls the file over its uplink, and the server keeps the whole of it in memory.',
  source: 'https://ai.google.dev/edge/litert/models/model_optimization',

  judge({ file, limits: { bytes } }) {
    const message = `${whole(file.byteLength)} bytes`;
    if (bytes === undefined) return { verdict: 'PASS', message: `${message}, no budget declared` };
    const both = `${message} of ${whole(bytes)}`;
    if (file.byteLength <= bytes) return { verdict: 'PASS', message: both };
    return {
      verdict: 'FAIL',
      message: both,
      fix: 'prune the network, choose a smaller one, or raise the budget',
    };
  },
};
