// Builds several models at a time, each in a thread: a build keeps one processor busy.

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { UserError, type ErrorCode } from '../errors.ts';
import type { BuiltModelSpec } from '../fleet/spec.ts';
import { buildModel, type BuiltModel } from './build.ts';

/** What a build starts from. */
export interface BuildTask {
  readonly spec: BuiltModelSpec;
  /** That the definition's paths are taken from. */
  readonly folder: string;
  /** Version of this tool, for the lock. */
  readonly breakwater: string;
  readonly architectures: ReadonlySet<string>;
}

/** What a thread answers. */
export type BuildAnswer =
  | { readonly built: BuiltModel }
  | { readonly refused: { readonly code: ErrorCode; readonly message: string; readonly hint: string } };

/** Beside this file, and beside the chunks that bundling makes of it; sources that were not compiled have none. */
const WORKER = new URL('../model/build-worker.js', import.meta.url);

/** What is read without a native addon, which may not like to be loaded twice. */
const THREADED = new Set(['.h5', '.hdf5', '.keras', '.json', '.tflite']);

/**
 * Start to build models, as many at a time as there are processors.
 * @param started called as each begins
 * @returns a promise for each, in order, which rejects as `buildModel` does; none has to be waited for
 */
export function buildModels(
  tasks: readonly BuildTask[],
  started: (spec: BuiltModelSpec) => void = () => {},
): readonly Promise<BuiltModel>[] {
  const threads = Math.min(tasks.length, availableParallelism());
  const inThreads = threads > 1 && existsSync(WORKER);
  const builders = Array.from({ length: Math.max(threads, 1) }, () =>
    inThreads ? threadBuilder() : ownBuilder,
  );
  const free = inThreads ? builders : builders.slice(0, 1);
  const waiting: (() => void)[] = [];
  const left = { count: tasks.length };
  return tasks.map((task) => {
    const result = (async (): Promise<BuiltModel> => {
      const builder =
        free.pop() ?? (await new Promise<Builder>((give) => waiting.push(() => give(free.pop()!))));
      started(task.spec);
      try {
        return await (THREADED.has(extname(task.spec.source)) ? builder : ownBuilder).build(task);
      } finally {
        free.push(builder);
        waiting.shift()?.();
        if (--left.count === 0) for (const one of builders) one.end();
      }
    })();
    // Nobody may be waiting yet when it fails.
    result.catch(() => {});
    return result;
  });
}

interface Builder {
  build(task: BuildTask): Promise<BuiltModel>;
  end(): void;
}

const ownBuilder: Builder = {
  build: ({ spec, folder, breakwater, architectures }) => buildModel(spec, folder, breakwater, architectures),
  end() {},
};

/** A thread that builds one model after the other. */
function threadBuilder(): Builder {
  let worker: Worker | undefined;
  return {
    build: (task) =>
      new Promise((resolve, reject) => {
        worker ??= new Worker(WORKER);
        const settle = (answer: BuildAnswer): void => {
          worker!.off('error', reject);
          if ('built' in answer) resolve(answer.built);
          else reject(new UserError(answer.refused.code, answer.refused.message, answer.refused.hint));
        };
        worker.once('error', reject).once('message', settle).postMessage(task, []);
      }),
    end: () => void worker?.terminate(),
  };
}
