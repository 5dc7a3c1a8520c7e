import { isOlder, neededRuntime } from '../tflite/runtime.ts';
import type { ModelGate } from './gate.ts';

export const runtime: ModelGate = {
  id: 'runtime',
  summary: "The devices' runtime knows every operator in the version that the file uses.",
  why: 'An older runtime refuses the file on the device, or, worse, loads scales by row and computes nonsense.',
  source:
    'https://github.com/google-ai-edge/LiteRT/blob/main/tflite/converter/tools/versioning/runtime_version.cc',

  judge({ built, limits: { runtime: has } }) {
    const { version, because } = neededRuntime(built);
    const message = `needs TensorFlow Lite ${version.join('.')} for ${because}`;
    if (has === undefined) return { verdict: 'PASS', message: `${message}, no runtime declared` };
    if (!isOlder(has, version))
      return { verdict: 'PASS', message: `${message}, devices have ${has.join('.')}` };
    return {
      verdict: 'FAIL',
      message: `${message}, devices have ${has.join('.')}`,
      fix: 'choose another recipe, build the network without that operator, or update the server',
    };
  },
};
