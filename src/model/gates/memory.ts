import { estimateMemory } from '../memory/estimate.ts';
import { whole } from '../whole.ts';
import type { ModelGate } from './gate.ts';

export const memory: ModelGate = {
  id: 'memory',
  summary: 'One interpreter takes no more memory at its peak than its budget.',
  why: 'Weights are packed a second time when loaded, so that a model takes twice its file and more: a limit set by file size is an OOM kill.',
  source: 'https://arxiv.org/abs/2001.03288',

  judge({ built, limits: { peakMemoryBytes } }) {
    const { activations, packed, windows, tables, interpreter: peak } = estimateMemory(built, 'native');
    const wasm = estimateMemory(built).interpreter;
    const terms = `activations ${kib(activations)} + packed weights ${kib(packed)} + windows ${kib(windows)} + tables ${kib(tables)}`;
    const message = `${kib(peak)} at peak (${terms}, and 6 %), ${kib(wasm)} in WebAssembly`;
    if (peakMemoryBytes === undefined) return { verdict: 'PASS', message: `${message}, no budget declared` };
    if (peak <= peakMemoryBytes)
      return { verdict: 'PASS', message: `${message}, ${kib(peakMemoryBytes)} allowed` };
    return {
      verdict: 'FAIL',
      message: `${message}, ${kib(peakMemoryBytes)} allowed`,
      fix: 'shrink the largest activations (`breakwater model inspect` shows them), or raise the budget',
    };
  },
};

const kib = (bytes: number): string => `${whole(Math.ceil(bytes / 1024))} KiB`;
