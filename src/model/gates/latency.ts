import type { ModelGate } from './gate.ts';

/** A ratio; less is within what two measurements of the same network differ by. */
const SLOWER = 1.1;
/** Shorter runs are mostly what a call costs, and code that the engine has not optimized yet. */
const SHORT_MS = 0.1;

export const latency: ModelGate = {
  id: 'latency',
  summary: 'The built model is not slower than the float network.',
  why: 'Small int8 networks can be slower than floats, since they scale every value again: then they cost accuracy and gain nothing but size.',
  source: 'https://ai.google.dev/edge/litert/models/post_training_quantization',
  measured: true,

  judge({ milliseconds }) {
    if (milliseconds === undefined) return { verdict: 'INSUFFICIENT', message: 'it was not measured' };
    const { float, built } = milliseconds;
    const message = `${built.toFixed(3)} ms a run on LiteRT, float ${float.toFixed(3)} ms`;
    if (built <= SLOWER * float) return { verdict: 'PASS', message };
    if (built < SHORT_MS)
      return { verdict: 'PASS', message: `${message}: below ${SHORT_MS} ms no difference counts` };
    return {
      verdict: 'WARN',
      message,
      fix: 'compare with the recipe dynamic or float16: int8 gains no time here',
    };
  },
};
