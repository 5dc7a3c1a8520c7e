import { defineRule } from '../check/rule.ts';
import type { FleetSubject } from '../check/rule.ts';
import { definitionDigest, lockPath, type LockedModel } from '../fleet/model-lock.ts';
import type { BuiltModelSpec } from '../fleet/spec.ts';
import { exampleFleet } from './example-fleet.ts';

const SPEC: BuiltModelSpec = {
  name: 'detector',
  repository: 'registry.example.com/models/detector',
  source: 'models/detector.h5',
  recipe: 'int8',
  calibration: 'models/calibration.npz',
};

/** A fleet whose model was built from `locked`, and is defined as `spec` now. */
const built = (spec: BuiltModelSpec, locked: BuiltModelSpec): FleetSubject => {
  const lock: LockedModel['lock'] = {
    schemaVersion: 1,
    name: locked.name,
    definition: definitionDigest(locked),
    breakwater: '0.1.0',
    source: { path: locked.source, digest: 'sha256:00' },
    file: { digest: 'sha256:00', bytes: 1 },
    image: 'registry.example.com/models/detector@sha256:00',
    interpreterBytes: 1,
    gates: [],
  };
  const { spec: fleet, plan } = exampleFleet();
  return { spec: fleet, plan, built: [{ key: 'detector', spec, lock }] };
};

export default defineRule({
  id: 'model-lock',
  on: 'fleet',
  severity: 'error',
  summary: 'What was built of a model must be of its present definition.',
  why: 'Synthesis takes image and memory from the lock file: with an older one, devices get the model of yesterday, and its gates say nothing about the definition that was reviewed. Whether its input files are still the same, `breakwater build --check` says.',
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/image-volumes/',
  since: '0.1.0',

  *check({ built = [] }) {
    for (const { key, spec, lock } of built) {
      if (lock.definition === definitionDigest(spec)) continue;
      yield {
        path: `/models/${key}`,
        message: `model ${spec.name} is defined otherwise than when ${lockPath(spec.name)} was built`,
        fix: `run breakwater build ${spec.name} and commit the lock file`,
      };
    }
  },

  examples: [
    { title: 'no model is built', subject: exampleFleet(), expect: [] },
    { title: 'the lock is of the definition', subject: built(SPEC, { ...SPEC }), expect: [] },
    {
      title: 'another recipe since it was built',
      subject: built({ ...SPEC, recipe: 'dynamic' }, SPEC),
      expect: ['model detector is defined otherwise than when models/detector.lock.json was built'],
    },
  ],
});
