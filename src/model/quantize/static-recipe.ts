import { UserError } from '../../errors.ts';
import type { QuantizationSpec } from '../../fleet/model-spec.ts';
import type { Graph } from '../graph.ts';
import { loadLiteRt } from '../runtime/litert.ts';
import { channelStatistics } from './channel-statistics.ts';
import { correctBias } from './correct-bias.ts';
import { equalize } from './equalize.ts';
import { observeBy, type Observer } from './observers.ts';
import { precisionBy, type Overrides } from './overrides.ts';
import { quantizeStatic, type StaticOptions } from './static.ts';

/** Departures from plain static quantization. */
export interface StaticRecipe {
  /** Default: `minmax`. */
  readonly observer?: Observer;
  /** Layers that compute in something else. */
  readonly layers?: Overrides;
  /** Whether factors of channels move between layers. */
  readonly equalize?: boolean;
  /** Whether the mean error of rounded weights goes into biases. */
  readonly correctBias?: boolean;
}

/**
 * What a definition or the command line asks for.
 * @param byRow whether matrix products have a scale for each row where nothing is asked for
 */
export const departures = (
  { dense, ...rest }: QuantizationSpec,
  byRow: boolean,
): StaticRecipe & Pick<StaticOptions, 'denseByChannel'> => ({
  ...rest,
  denseByChannel: dense === undefined ? byRow : dense === 'row',
});

type Samples = readonly (readonly Float32Array[])[];

/** The float network that is quantized: equalized, where that is asked for; its outputs keep their bits. */
export async function prepareStatic(graph: Graph, samples: Samples, recipe: StaticRecipe): Promise<Graph> {
  if (recipe.equalize !== true) return graph;
  return equalize(graph, await channelStatistics(graph, samples, await loadLiteRt()));
}

/**
 * Quantize weights and activations of a prepared network.
 * @param base what layers compute in unless they are named
 * @throws UserError `CALIBRATION` for samples that do not fit, `MODEL_UNSUPPORTED` for a layer that is not there
 */
export async function quantizeByRecipe(
  graph: Graph,
  samples: Samples,
  base: 'int8' | 'int16x8',
  options: StaticRecipe & StaticOptions,
): Promise<Graph> {
  const runtime = await loadLiteRt();
  const precisionOf = precisionBy(options.layers ?? {}, base, graph);
  // Int16 has codes enough for whatever was seen.
  const observer = base === 'int8' ? (options.observer ?? 'minmax') : 'minmax';
  const ranges = await observeBy(observer, graph, samples, runtime);
  const corrected =
    options.correctBias === true
      ? correctBias(graph, await channelStatistics(graph, samples, runtime), options.denseByChannel)
      : graph;
  return quantizeStatic(corrected, ranges, options, base, precisionOf);
}

/** @throws UserError `MODEL_UNSUPPORTED` where something is asked for that a recipe without calibration does not do */
export function refuseStatic(
  recipe: string,
  { observer, layers, equalize, correctBias }: StaticRecipe,
): void {
  const asked = Object.entries({ observer, layers, equalize, correctBias }).find(
    ([, value]) => value !== undefined && value !== false,
  );
  if (asked === undefined) return;
  throw new UserError(
    'MODEL_UNSUPPORTED',
    `the recipe ${recipe} quantizes no activations, so that ${asked[0]} has no meaning`,
    `leave ${asked[0]} out, or use the recipe int8 or int16x8`,
  );
}
