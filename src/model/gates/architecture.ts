import type { ModelGate } from './gate.ts';

export const architecture: ModelGate = {
  id: 'architecture',
  summary: "The model's image is one for the architecture of every class that is to pull it.",
  why: "A network is the same on every processor, but containerd pulls only what names the node's own architecture: the pod of a class that is left out never starts.",
  source: 'https://github.com/opencontainers/image-spec/blob/main/image-index.md',

  judge({ image }) {
    if (image === undefined) return undefined;
    const { platforms, architectures } = image;
    const message = `an image for ${platforms.join(', ')}`;
    const missing = [...architectures].filter((one) => !platforms.includes(one)).toSorted();
    if (missing.length === 0) return { verdict: 'PASS', message };
    return {
      verdict: 'FAIL',
      message: `${message}, classes are of ${missing.join(', ')}`,
      fix: 'give those classes a model of their own, named by the digest of an image for them',
    };
  },
};
