import { UserError } from '../../errors.ts';
import { readFile } from '../read-file.ts';
import { loadLiteRt } from '../runtime/litert.ts';
import type { LoadedModel, TensorInfo } from '../runtime/runtime.ts';
import type { FoundModel } from './find-model.ts';
import type { PredictRequest, RequestTensor } from './predict-request.ts';
import type { ResponseTensor } from './predict-response.ts';
import { invalid } from './refusal.ts';
import { tooMany } from './request-rows.ts';

/** A model that answers. */
export interface ServedModel {
  readonly name: string;
  readonly version: string;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Instances that one request may have. */
  readonly mostInstances: number;
  /**
   * Run on all instances of a request, one batch of the model after the other.
   * @param between is awaited before each run: lets others have the processor, and throws to give up
   * @throws Refusal where values do not fit the model
   */
  predict(request: PredictRequest, between: () => Promise<void>): Promise<readonly ResponseTensor[]>;
  dispose(): void;
}

/** An answer is built in memory: several instances whose answer would hold more values than this are refused. */
const MOST_VALUES = 500_000;

/** Instances that one request may have, at least a batch of the model. */
function mostInstancesOf({ outputs }: LoadedModel): number {
  const values = outputs.reduce((sum, { shape: [batch = 1, ...rest] }) => sum + batch * product(rest), 0);
  const batch = outputs[0]?.shape[0] ?? 1;
  return Math.max(1, Math.floor(MOST_VALUES / Math.max(1, values))) * batch;
}

const product = (shape: readonly number[]): number => shape.reduce((size, each) => size * each, 1);

/**
 * Load a model. What the runtime accepts is ready to answer: weights are packed, memory is planned.
 * @throws UserError `FILE_READ`, `MODEL_DAMAGED`
 */
export async function serveModel({ file, name, version }: FoundModel): Promise<ServedModel> {
  const content = readFile(file);
  const runtime = await loadLiteRt();
  let model: LoadedModel;
  try {
    model = await runtime.load(content);
  } catch (cause) {
    throw new UserError(
      'MODEL_DAMAGED',
      `${file} is no model that LiteRT runs: ${cause instanceof Error ? cause.message : String(cause)}`,
      'build it again, or see what is in it: breakwater model inspect FILE',
      { cause },
    );
  }
  const { inputs, outputs } = model;
  return {
    name,
    version,
    inputs,
    outputs,
    mostInstances: mostInstancesOf(model),
    predict: (request, between) => predict(model, request, between),
    dispose: () => model.dispose(),
  };
}

async function predict(
  model: LoadedModel,
  { format, inputs }: PredictRequest,
  between: () => Promise<void>,
): Promise<readonly ResponseTensor[]> {
  const plan = planBatches(model, inputs, format);
  const results = model.outputs.map(({ bytes }) => new Uint8Array(plan.runs * bytes));
  for (let run = 0; run < plan.runs; run++) {
    await between();
    const slices = inputs.map(({ bytes }, index) => slice(bytes, run, model.inputs[index]!.bytes));
    const outputs = await model.run(slices);
    outputs.forEach((bytes, index) => results[index]!.set(bytes, run * bytes.byteLength));
  }
  return model.outputs.map((info, index) => {
    const [batch, ...rest] = info.shape;
    if (batch === undefined || plan.count === undefined)
      return { info, shape: info.shape, bytes: results[index]! };
    const each = info.bytes / batch;
    return { info, shape: [plan.count, ...rest], bytes: results[index]!.subarray(0, plan.count * each) };
  });
}

/** Bytes of one run; what the last one lacks is zeros, whose results nobody sees. */
function slice(bytes: Uint8Array, run: number, size: number): Uint8Array {
  const part = bytes.subarray(run * size, (run + 1) * size);
  if (part.byteLength === size) return part;
  const padded = new Uint8Array(size);
  padded.set(part);
  return padded;
}

interface Batches {
  readonly runs: number;
  /** Instances, or undefined where input and output stand as the model has them. */
  readonly count: number | undefined;
}

/**
 * How often the model has to run. Its first dimension is the batch; TensorFlow Serving resizes it, here the model runs
 * as it was built, as often as needed, with the same bits in every row.
 */
function planBatches(
  model: LoadedModel,
  inputs: readonly RequestTensor[],
  format: PredictRequest['format'],
): Batches {
  const same = inputs.every(({ shape }, index) => String(shape) === String(model.inputs[index]!.shape));
  if (same && format === 'column') return { runs: 1, count: undefined };
  const counts = inputs.map(({ shape }, index) => countOf(shape, model.inputs[index]!));
  const [count = 1] = counts;
  const [batch = 1] = model.inputs[0]?.shape ?? [];
  if (counts.some((other) => other !== count))
    throw invalid(`inputs differ in their first dimension: ${counts.join(', ')}`);
  for (const { name, shape } of model.outputs) {
    if (shape[0] !== batch)
      throw invalid(
        `Tensor name: ${name} has inconsistent batch size: ${shape[0] ?? 0} expecting batch size: ${batch}`,
      );
  }
  const most = mostInstancesOf(model);
  if (count > most) throw tooMany(most);
  return { runs: Math.ceil(count / batch), count };
}

/** Instances in a tensor. @throws Refusal where it has another shape than the model's input */
function countOf(shape: readonly number[], input: TensorInfo): number {
  const [batch, ...rest] = input.shape;
  const [count, ...own] = shape;
  if (batch !== undefined && count !== undefined && count > 0 && String(own) === String(rest)) return count;
  const wanted = batch === undefined ? '' : ['-1', ...rest].join(',');
  throw invalid(`input ${input.name} has shape [${wanted}], got [${shape.join(',')}]`);
}
