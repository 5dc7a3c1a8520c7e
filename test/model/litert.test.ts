import { expect, test } from 'vitest';
import { fuse } from '../../src/model/passes/fuse.ts';
import { closed } from '../../src/model/quantize/calibrate.ts';
import { convertKeras } from '../../src/model/read/convert-keras.ts';
import { readKerasH5 } from '../../src/model/read/keras-h5.ts';
import { loadLiteRt } from '../../src/model/runtime/litert.ts';
import { writeTflite } from '../../src/model/tflite/write.ts';
import { digitsFile, digitsSamples } from './digits.ts';

// The contract with the runtime's package, which has no documented use outside a browser.

test('the runtime loads a model, names its inputs and outputs, and runs it', async () => {
  const runtime = await loadLiteRt();
  const model = await runtime.load(
    writeTflite(closed(fuse(convertKeras(await readKerasH5(digitsFile('model.h5'))))), ''),
  );
  expect(model.inputs).toEqual([{ name: 'image', type: 'float32', shape: [1, 8, 8, 1], bytes: 256 }]);
  expect(model.outputs).toEqual([{ name: 'probs/softmax', type: 'float32', shape: [1, 10], bytes: 40 }]);
  const [output] = await model.run([new Uint8Array(digitsSamples('test.npz')[0]!.buffer)]);
  const sum = new Float32Array(output!.buffer).reduce((total, value) => total + value, 0);
  expect(sum).toBeCloseTo(1, 5);
  model.dispose();
});

test('an input of another size is refused before it reaches the runtime', async () => {
  const runtime = await loadLiteRt();
  const model = await runtime.load(
    writeTflite(closed(fuse(convertKeras(await readKerasH5(digitsFile('model.h5'))))), ''),
  );
  await expect(model.run([new Uint8Array(255)])).rejects.toThrow('input image takes 256 bytes, got 255');
  model.dispose();
});

test('a network that the runtime refuses is told of, and the next one is not blamed for it', async () => {
  const runtime = await loadLiteRt();
  const graph = closed(fuse(convertKeras(await readKerasH5(digitsFile('model.h5')))));
  const outputs = graph.operators.slice(0, 2).map((operator) => operator.outputs[0]!);
  const tensors = graph.tensors.map((tensor, index) =>
    outputs.includes(index) ? { ...tensor, name: 'one' } : tensor,
  );
  const double = { ...graph, tensors, outputs };
  const refused = await runtime.load(writeTflite(double, ''));
  await expect(refused.run([new Uint8Array(256)])).rejects.toThrowErrorMatchingInlineSnapshot(
    `[UserError: the runtime refuses the network: Output name (null) was not found; Output name (null) was not found]`,
  );
  const model = await runtime.load(writeTflite(graph, ''));
  await model.run([new Uint8Array(256)]);
  model.dispose();
});

test('a file that the runtime cannot make sense of is refused, not thrown at the user', async () => {
  const runtime = await loadLiteRt();
  await expect(runtime.load(new Uint8Array(64))).rejects.toMatchObject({
    code: 'MODEL_UNSUPPORTED',
    message: 'the runtime refuses the network: Failed to load model from buffer',
  });
});
