import type { Graph } from '../graph.ts';
import type { Ranges } from './ranges.ts';
import { quantizeStatic, type StaticOptions } from './static.ts';

export type Int8Options = StaticOptions;

/** {@link quantizeStatic} with int8 throughout. */
export const quantizeInt8 = (graph: Graph, ranges: Ranges, options: Int8Options): Graph =>
  quantizeStatic(graph, ranges, options, 'int8', () => 'int8');
