import { defineModel } from 'breakwater';

/** Tells full from empty places on a shelf, 224 × 224 colour pictures. The image is an example. */
export const shelfGaps = defineModel({
  name: 'shelf-gaps',
  image:
    'registry.example.com/models/shelf-gaps@sha256:968fb20558844e3ef641d8e80f39df43b2bfbece5f3f2fa09809b741eaa43dbf',
  size: '4Mi',
  peakMemory: '18Mi',
});
