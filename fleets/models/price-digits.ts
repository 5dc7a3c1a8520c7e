import { defineModel } from 'breakwater';

/**
 * Digits of price labels, 28 × 28 grey pixels: see mnist-cnn/README.md. The repository is an example: put your own in its place.
 * `breakwater train` makes the source; its data is fetched by src/dev/mnist.ts.
 */
export const priceDigits = defineModel({
  name: 'price-digits',
  repository: 'registry.example.com/stores/models/price-digits',
  source: 'models/mnist-cnn/pruned.h5',
  recipe: 'int8',
  calibration: 'models/mnist-cnn/calibration.npz',
  evaluation: 'models/mnist-cnn/test.npz',
  budget: { size: '16Ki', peakMemory: '1Mi', accuracyDropPoints: 0.5 },
  training: {
    from: 'models/mnist-cnn/model.h5',
    data: '../.breakwater/data/mnist-train.npz',
    seed: 1,
    prune: { channels: 0.5, epochs: 6, learningRate: 0.002 },
    tune: { epochs: 1, learningRate: 0.0001 },
  },
});
