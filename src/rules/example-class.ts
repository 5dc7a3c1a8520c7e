import type { ClassSubject, KubeObject } from '../check/rule.ts';
import type { ImageLock } from '../fleet/image-lock.ts';
import type { ClassSpec, FleetSpec } from '../fleet/spec.ts';
import { exampleFleet, type Overrides } from './example-fleet.ts';
import { exampleDaemonSet, exampleObjects } from './example-objects.ts';

/** The release of class `n100` on its device (8Gi, 4 processors, one device to a cluster), changed where needed. */
export function exampleClass(
  objects: readonly KubeObject[] = [exampleDaemonSet()],
  {
    device = {},
    fleet = {},
    images = {},
  }: { device?: Overrides<ClassSpec>; fleet?: Overrides<FleetSpec>; images?: ImageLock | undefined } = {},
): ClassSubject {
  const subject = exampleFleet({ ...fleet, classes: { n100: device } });
  return {
    spec: subject.spec,
    get plan() {
      return subject.plan;
    },
    class: 'n100',
    images,
    release: {
      class: 'n100',
      id: 'r000000000000',
      versions: {},
      files: new Map(),
      configs: [],
      objects: exampleObjects(objects).objects,
    },
  };
}
