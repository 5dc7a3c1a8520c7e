import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TensorInfo } from '../../src/model/runtime/runtime.ts';
import { readPredictRequest } from '../../src/model/serve/predict-request.ts';
import { formatFloat } from '../../src/model/serve/format-float.ts';
import { formatPredictResponse } from '../../src/model/serve/predict-response.ts';
import { Refusal } from '../../src/model/serve/refusal.ts';

const tensor = (name: string, type: TensorInfo['type'], shape: readonly number[]): TensorInfo => ({
  name,
  type,
  shape,
  bytes:
    shape.reduce((size, each) => size * each, 1) * { float32: 4, int64: 8 }[type as 'int64'] || shape.length,
});

const image: TensorInfo = { name: 'image', type: 'float32', shape: [1, 2, 2], bytes: 16 };
const codes: TensorInfo = { name: 'codes', type: 'int8', shape: [1, 3], bytes: 3 };

const read = (body: unknown, inputs: readonly TensorInfo[] = [image]) =>
  readPredictRequest(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), inputs, 1000);

const floats = (bytes: Uint8Array): number[] => [...new Float32Array(Uint8Array.from(bytes).buffer)];

/** What a request is refused with. */
function refusal(body: unknown, inputs?: readonly TensorInfo[]): string {
  try {
    read(body, inputs);
  } catch (error) {
    if (error instanceof Refusal) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'none';
}

test('rows and columns of one input make the same tensor', () => {
  const values = [
    [
      [1, 2],
      [3, 4],
    ],
    [
      [5, 6],
      [7, 8],
    ],
  ];
  for (const body of [
    { instances: values },
    { inputs: values },
    { inputs: { image: values } },
    { instances: values.map((one) => ({ image: one })) },
  ]) {
    const { inputs } = read(body);
    expect(inputs[0]!.shape).toEqual([2, 2, 2]);
    expect(floats(inputs[0]!.bytes)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  }
});

test('raw bytes in base64 stand for one instance in a row, and for any number in a column', () => {
  const b64 = (...values: number[]): object => ({
    b64: Buffer.from(Float32Array.from(values).buffer).toString('base64'),
  });
  const row = read({ instances: [b64(1, 2, 3, 4), b64(5, 6, 7, 8)] });
  const column = read({ inputs: b64(1, 2, 3, 4, 5, 6, 7, 8) });
  expect(row.inputs).toEqual(column.inputs);
  expect(row.inputs[0]!.shape).toEqual([2, 2, 2]);
  expect(floats(row.inputs[0]!.bytes)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test('each type takes its own values', () => {
  const one = (type: TensorInfo['type'], text: string) =>
    read(`{"instances": [${text}]}`, [{ name: 'x', type, shape: [1], bytes: 1 }]).inputs[0]!.bytes;
  expect([...one('bool', 'true, false')]).toEqual([1, 0]);
  expect([...new Int8Array(one('int8', '-128, 127').buffer, 0, 2)]).toEqual([-128, 127]);
  expect(new BigInt64Array(one('int64', '9223372036854775807, -9223372036854775808').slice().buffer)).toEqual(
    BigInt64Array.of(2n ** 63n - 1n, -(2n ** 63n)),
  );
  expect(floats(one('float32', 'NaN, -Infinity, 16777216, 0.1'))).toEqual([
    NaN,
    -Infinity,
    16777216,
    Math.fround(0.1),
  ]);
});

describe('refuses in the words of TensorFlow Serving', () => {
  test.each<[unknown, string, (readonly TensorInfo[])?]>([
    ['[]', 'JSON Value: [] Is not object'],
    [{}, "Missing 'inputs' or 'instances' key"],
    [
      { instances: [1], inputs: [1] },
      `JSON Value: {"instances":[1],"inputs":[1]} Not formatted correctly expecting only one of 'inputs' or 'instances' keys to exist `,
    ],
    [{ instances: 1 }, `JSON Value: {"instances":1} Excepting 'instances' to be an list/array`],
    [{ instances: [] }, `JSON Value: {"instances":[]} No values in 'instances' array`],
    [
      { signature_name: 1, instances: [1] },
      `JSON Value: {"signature_name":1,"instances":[1]} not formatted correctly. 'signature_name' key must be a string value.`,
    ],
    [
      { signature_name: 'other', instances: [1] },
      'Serving signature name: "other" not found in signature def',
    ],
    [
      { instances: [['a']] },
      `Failed to process element: 0 of 'instances' list. Error: INVALID_ARGUMENT: JSON Value: "a" Type: String is not of expected type: float`,
    ],
    [
      { instances: [[1], [[1]]] },
      "Failed to process element: 1 of 'instances' list. Error: INVALID_ARGUMENT: Expecting shape [1] but got: [1,1]",
    ],
    [
      { instances: [[1], [1, 2]] },
      "Failed to process element: 1 of 'instances' list. Error: INVALID_ARGUMENT: Expecting tensor size: 1 but got: 2",
    ],
    [{ instances: [{ image: [1] }, [1]] }, 'Expecting object but got list at item 1 of input list'],
    [{ instances: [[1], { image: [1] }] }, 'Expecting value/list but got object at item 1 of input list'],
    [
      { instances: [{ other: [1] }] },
      "Failed to process element: 0 key: other of 'instances' list. Error: INVALID_ARGUMENT: JSON object: does not have named input: other",
    ],
    [
      { instances: [{ image: [1] }] },
      `Failed to process element: 0 of 'instances' list. JSON object: {"image":[1]} keys must be equal to: codes,image`,
      [image, codes],
    ],
    [
      { instances: [[1]] },
      'instances is a plain list, but expecting list of objects as multiple input tensors required as per tensorinfo_map',
      [image, codes],
    ],
    [
      { inputs: [[1]] },
      'inputs is a plain value/list, but expecting an object as multiple input tensors required as per tensorinfo_map',
      [image, codes],
    ],
    [{ inputs: { image: [1] } }, "Missing named input: codes in 'inputs' object.", [image, codes]],
    [{ inputs: [[1, 2], [3]] }, 'Encountered list at unexpected size: 1 at level: 1 expected size: 2'],
    [{ inputs: [1, [2]] }, 'Encountered list at unexpected level: 1 expected < 1'],
    [{ inputs: [[1], 2] }, 'JSON Value: 2 found at incorrect level: 2 in the JSON DOM. Expected at level: 2'],
    [{ inputs: [[{ a: 1 }]] }, 'JSON Value: {"a":1} Type: Object is not of expected type: float'],
    ['{"inputs": [16777217]}', 'Cannot convert JSON value: 16777217 to float without loss of precision.'],
    ['{"inputs": [1e39]}', 'Cannot convert JSON value: 1e39 to float without loss of precision.'],
    [{ inputs: [[1.5, 0, 0]] }, 'JSON Value: 1.5 Type: Number is not of expected type: int8', [codes]],
    [{ inputs: [[128, 0, 0]] }, 'Cannot convert JSON value: 128 to int8 without loss of precision.', [codes]],
    [{ inputs: { b64: '!' } }, 'Unable to base64 decode'],
    [{ inputs: { b64: 'AAAA' } }, 'b64 holds 3 bytes, but one instance has 16'],
  ])('%#', (body, message, inputs) => {
    expect(refusal(body, inputs)).toBe(`INVALID_ARGUMENT: ${message}`);
  });
});

test('a message repeats only the beginning of a long value', () => {
  expect(refusal({ inputs: 'x'.repeat(100_000) })).toBe(
    `INVALID_ARGUMENT: JSON Value: "${'x'.repeat(79)}... Type: String is not of expected type: float`,
  );
});

test('a float32 written and read again is the same to the bit', () => {
  fc.assert(
    fc.property(fc.float32Array({ minLength: 1, maxLength: 40 }), (values) => {
      const rows = `[${[...values].map(formatFloat).join(',')}]`;
      const { inputs } = read(`{"inputs": ${rows}}`);
      // Of NaN there are many; JSON has one.
      expect(floats(inputs[0]!.bytes)).toEqual([...values]);
    }),
    { numRuns: 2000 },
  );
});

test('numbers look like numbers of their type', () => {
  expect(
    [0.1, 2, -0, 1 / 3, 1e-7, 3.4e38, NaN, -Infinity].map((value) => formatFloat(Math.fround(value))),
  ).toEqual(['0.1', '2.0', '-0.0', '0.333333343', '1e-7', '3.4e+38', 'NaN', '-Infinity']);
});

test('answers in rows and in columns, by name where there are several outputs', () => {
  const scores = {
    info: tensor('scores', 'float32', [1, 2]),
    shape: [2, 2],
    bytes: new Uint8Array(Float32Array.of(1, 0.5, 0.25, 2).buffer),
  };
  const classes = {
    info: tensor('classes', 'int64', [1]),
    shape: [2],
    bytes: new Uint8Array(BigInt64Array.of(7n, -8n).buffer),
  };
  const text = (format: 'row' | 'column', ...outputs: (typeof scores)[]) =>
    Buffer.from(formatPredictResponse(format, outputs)).toString();
  expect(text('row', scores)).toMatchInlineSnapshot(`
    "{
        "predictions": [[1.0, 0.5], [0.25, 2.0]
        ]
    }"
  `);
  expect(text('column', scores)).toMatchInlineSnapshot(`
    "{
        "outputs": [[1.0, 0.5], [0.25, 2.0]]
    }"
  `);
  expect(text('row', scores, classes)).toMatchInlineSnapshot(`
    "{
        "predictions": [{"scores": [1.0, 0.5], "classes": 7}, {"scores": [0.25, 2.0], "classes": -8}
        ]
    }"
  `);
  expect(text('column', scores, classes)).toMatchInlineSnapshot(`
    "{
        "outputs": {"scores": [[1.0, 0.5], [0.25, 2.0]], "classes": [7, -8]}
    }"
  `);
});
