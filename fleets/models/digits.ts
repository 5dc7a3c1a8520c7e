import { defineModel } from 'breakwater';

/** Handwritten digits, 8 × 8 grey pixels: see digits-cnn/README.md. The repository is an example: put your own in its place. */
export const digits = defineModel({
  name: 'digits',
  repository: 'registry.example.com/models/digits',
  source: 'models/digits-cnn/model.h5',
  recipe: 'int8',
  calibration: 'models/digits-cnn/calibration.npz',
  evaluation: 'models/digits-cnn/test.npz',
  budget: { size: '16Ki', peakMemory: '1Mi', accuracyDropPoints: 0.5 },
});
