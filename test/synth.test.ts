import { expect, test } from 'vitest';
import { synthFleet } from '../src/synth/index.ts';
import { sampleFleet } from './support/sample-fleet.ts';

test('a release is laid out as one object for each file, with an index in each folder', () => {
  const releases = synthFleet(sampleFleet());
  expect(Object.keys(releases)).toEqual(['new', 'old']);
  const names = [...releases['new']!.files.keys()];
  expect(names.map((name) => name.replaceAll(/c[0-9a-f]{12}/g, 'c…'))).toMatchInlineSnapshot(`
    [
      "config/inference-c…/configmap-inference-server-c….yaml",
      "config/inference-c…/configmap-inference-telemetry-c….yaml",
      "config/inference-c…/kustomization.yaml",
      "config/kustomization.yaml",
      "frame/identity.yaml",
      "frame/kustomization.yaml",
      "frame/namespace.yaml",
      "frame/release.yaml",
      "objects/daemonset-inference.yaml",
      "objects/kustomization.yaml",
      "objects/networkpolicy-inference.yaml",
      "objects/priorityclass-sample-inference.yaml",
      "objects/service-inference.yaml",
      "objects/serviceaccount-inference.yaml",
      "release.json",
    ]
  `);
});

test('synth twice gives the same bytes', () => {
  const [once, twice] = [synthFleet(sampleFleet()), synthFleet(sampleFleet())];
  expect([...once['new']!.files]).toEqual([...twice['new']!.files]);
  expect(once['old']!.id).toBe(twice['old']!.id);
});
