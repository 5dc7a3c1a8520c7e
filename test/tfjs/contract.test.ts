import { expect, test } from 'vitest';
import { loadTfjs } from '../../src/model/backend/tfjs.ts';
import { describeTfjs, places } from './tfjs-test.ts';

// The contract with the backend's package, which is published for Node up to 22 and an older TensorFlow.

describeTfjs('the training backend', () => {
  test('it loads with TensorFlow itself as backend', () => {
    const tf = loadTfjs('training', places);
    expect(tf.getBackend()).toBe('tensorflow');
    expect(tf.version['tfjs-node']).toBe('4.22.0');
    expect(tf.backend().binding.TF_Version).toBe('2.21.0');
  });

  test('a step down the gradient lowers the loss', () => {
    const tf = loadTfjs('training', places);
    const before = tf.memory().numTensors;
    const weights = tf.variable(tf.tensor(new Float32Array(4), [2, 2]), true, 'weights');
    const input = tf.tensor(Float32Array.of(1, 0, 0, 1), [2, 2]);
    const wanted = tf.oneHot(tf.tensor(Int32Array.of(0, 1), [2], 'int32'), 2);
    const loss = (): ReturnType<typeof tf.mean> =>
      tf.neg(tf.mean(tf.sum(tf.mul(wanted, tf.logSoftmax(tf.matMul(input, weights))), -1)));
    const optimizer = tf.train.sgd(1);
    const losses = [0, 1, 2].map(() =>
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(loss, [weights]);
        optimizer.applyGradients(grads);
        return value.dataSync()[0]!;
      }),
    );
    expect(losses.map((value) => value.toFixed(4))).toEqual(['0.6931', '0.4741', '0.3477']);
    expect([...weights.dataSync()].map((value) => value.toFixed(4))).toEqual([
      '0.5856',
      '-0.5856',
      '-0.5856',
      '0.5856',
    ]);
    expect(tf.memory().numTensors).toBeLessThan(before + 10);
  });
});
