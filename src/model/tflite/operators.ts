// Facts of the TFLite schema: codes of operators, and where their options stand.
// Source: google-ai-edge/LiteRT, tflite/converter/schema/schema.fbs (version 3d).

/** An option's place in its table, how it is stored, and its default. */
export type OptionField = readonly [
  slot: number,
  stored: 'byte' | 'int' | 'float' | 'bool' | 'ints',
  initial?: number | boolean,
];

export interface OperatorFacts {
  /** In `BuiltinOperator`. */
  readonly code: number;
  /** Index in the union `BuiltinOptions`; 0: no table. */
  readonly union: number;
  readonly fields: Readonly<Record<string, OptionField>>;
}

const facts = (code: number, union = 0, fields: OperatorFacts['fields'] = {}): OperatorFacts => ({
  code,
  union,
  fields,
});

const ACTIVATION = { activation: [0, 'byte'] } as const;
/** Whether int16 operands have a power of two for a scale; others take a newer kernel. */
const SUM = { ...ACTIVATION, potScaleInt16: [1, 'bool', true] } as const;
const POOL = {
  padding: [0, 'byte'],
  strideW: [1, 'int'],
  strideH: [2, 'int'],
  filterW: [3, 'int'],
  filterH: [4, 'int'],
  activation: [5, 'byte'],
} as const;

/** The operators that this tool reads, writes and knows the options of. */
export const OPERATORS = {
  ADD: facts(0, 11, SUM),
  AVERAGE_POOL_2D: facts(1, 5, POOL),
  CONCATENATION: facts(2, 10, { axis: [0, 'int'], activation: [1, 'byte'] }),
  CONV_2D: facts(3, 1, {
    padding: [0, 'byte'],
    strideW: [1, 'int'],
    strideH: [2, 'int'],
    activation: [3, 'byte'],
    dilationW: [4, 'int', 1],
    dilationH: [5, 'int', 1],
  }),
  DEPTHWISE_CONV_2D: facts(4, 2, {
    padding: [0, 'byte'],
    strideW: [1, 'int'],
    strideH: [2, 'int'],
    depthMultiplier: [3, 'int'],
    activation: [4, 'byte'],
    dilationW: [5, 'int', 1],
    dilationH: [6, 'int', 1],
  }),
  DEQUANTIZE: facts(6, 38),
  FULLY_CONNECTED: facts(9, 8, {
    activation: [0, 'byte'],
    keepDims: [2, 'bool'],
    asymmetricInputs: [3, 'bool'],
  }),
  LOGISTIC: facts(14),
  MAX_POOL_2D: facts(17, 5, POOL),
  MUL: facts(18, 21, ACTIVATION),
  RELU: facts(19),
  RELU6: facts(21),
  RESHAPE: facts(22, 17, { newShape: [0, 'ints'] }),
  RESIZE_BILINEAR: facts(23, 15, { alignCorners: [2, 'bool'], halfPixelCenters: [3, 'bool'] }),
  SOFTMAX: facts(25, 9, { beta: [0, 'float'] }),
  TANH: facts(28),
  PAD: facts(34, 22),
  GATHER: facts(36, 23, { axis: [0, 'int'] }),
  TRANSPOSE: facts(39, 26),
  MEAN: facts(40, 27, { keepDims: [0, 'bool'] }),
  SUB: facts(41, 28, SUM),
  DIV: facts(42, 29, ACTIVATION),
  SQUEEZE: facts(43, 30, { dims: [0, 'ints'] }),
  STRIDED_SLICE: facts(45, 32, {
    beginMask: [0, 'int'],
    endMask: [1, 'int'],
    ellipsisMask: [2, 'int'],
    newAxisMask: [3, 'int'],
    shrinkAxisMask: [4, 'int'],
  }),
  EXP: facts(47, 33),
  SPLIT: facts(49, 35, { numSplits: [0, 'int'] }),
  PRELU: facts(54),
  MAXIMUM: facts(55, 39),
  MINIMUM: facts(57, 39),
  PADV2: facts(60, 43),
  SLICE: facts(65, 48),
  TRANSPOSE_CONV: facts(67, 49, {
    padding: [0, 'byte'],
    strideW: [1, 'int'],
    strideH: [2, 'int'],
    activation: [3, 'byte'],
  }),
  EXPAND_DIMS: facts(70, 52),
  SUM: facts(74, 27, { keepDims: [0, 'bool'] }),
  RSQRT: facts(76),
  SHAPE: facts(77, 55, { outType: [0, 'byte'] }),
  REDUCE_MAX: facts(82, 27, { keepDims: [0, 'bool'] }),
  PACK: facts(83, 59, { count: [0, 'int'], axis: [1, 'int'] }),
  RESIZE_NEAREST_NEIGHBOR: facts(97, 74, { alignCorners: [0, 'bool'], halfPixelCenters: [1, 'bool'] }),
  LEAKY_RELU: facts(98, 75, { alpha: [0, 'float'] }),
  ELU: facts(111),
  QUANTIZE: facts(114, 89),
  HARD_SWISH: facts(117, 91),
  GELU: facts(150, 116, { approximate: [0, 'bool'] }),
} as const satisfies Readonly<Record<string, OperatorFacts>>;

export type OperatorKind = keyof typeof OPERATORS;

/** Values of the option `padding`. */
export const PADDING = { SAME: 0, VALID: 1 } as const;

/** Values of the option `activation`. */
export const FUSED = { NONE: 0, RELU: 1, RELU_N1_TO_1: 2, RELU6: 3, TANH: 4 } as const;

/** Types of tensors in the order of the schema's numbers. */
export const TENSOR_TYPES = [
  'float32',
  'float16',
  'int32',
  'uint8',
  'int64',
  'string',
  'bool',
  'int16',
  'complex64',
  'int8',
  'float64',
] as const;
