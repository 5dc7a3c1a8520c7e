// A thread of `buildModels`: builds what it is sent, and answers with what came of it.

import { parentPort } from 'node:worker_threads';
import { UserError } from '../errors.ts';
import type { BuildAnswer, BuildTask } from './build-many.ts';
import { buildModel } from './build.ts';

async function answer({ spec, folder, breakwater, architectures }: BuildTask): Promise<BuildAnswer> {
  try {
    return { built: await buildModel(spec, folder, breakwater, architectures) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { code, message, hint } = error;
    return { refused: { code, message, hint } };
  }
}

parentPort!.on('message', (task: BuildTask) => {
  void answer(task).then((made) => parentPort!.postMessage(made, []));
});
