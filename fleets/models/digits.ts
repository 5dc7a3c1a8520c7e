import { defineModel } from 'breakwater';

/** Handwritten digits, 28 × 28 grey pixels. The image is an example: put your own in its place. */
export const digits = defineModel({
  name: 'digits',
  image:
    'registry.example.com/models/digits@sha256:41a92f730af3d9c0907e7546ecd96074f040713e272a9d1eceac98c2c3b8578d',
  size: '96Ki',
  peakMemory: '2Mi',
});
