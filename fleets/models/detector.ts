import { defineModel } from 'breakwater';

/** Finds people, bicycles and vehicles in 320 × 320 colour pictures. The image is an example. */
export const detector = defineModel({
  name: 'detector',
  image:
    'registry.example.com/models/detector@sha256:ab4d10c731c68bcddcb9bb91104863f3ee7e212a15ed9d5b764ebce481760d77',
  size: '7Mi',
  peakMemory: '28Mi',
});
