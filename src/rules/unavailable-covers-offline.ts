import { atMost } from '../check/device-load.ts';
import { within } from '../check/json.ts';
import { defineRule } from '../check/rule.ts';
import { exampleClass } from './example-class.ts';
import { exampleDaemonSet } from './example-objects.ts';

/** A DaemonSet that may be without so many pods during an update. */
const unavailable = (maxUnavailable: unknown): ReturnType<typeof exampleDaemonSet> =>
  exampleDaemonSet({}, { updateStrategy: { rollingUpdate: { maxSurge: 0, maxUnavailable } } });

const FLAKY = { availability: 'flaky', maxDevicesPerCluster: 20 } as const;

export default defineRule({
  id: 'unavailable-covers-offline',
  on: 'class',
  severity: 'error',
  summary:
    "A DaemonSet's maxUnavailable must be more than the devices of a cluster that are expected offline.",
  why: 'A dead device eats one unit of maxUnavailable until it returns, and a percentage is taken of the living alone: once they are used up, not one living device of the cluster is updated, rollbacks included.',
  source: 'https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/#performing-a-rolling-update',
  since: '0.1.0',

  *check({ spec, plan, class: name, release }) {
    const { maxDevicesPerCluster: most } = spec.classes[name]!;
    const { offline, maxUnavailable } = plan.classes[name]!;
    for (const placed of release.objects) {
      if (placed.object.kind !== 'DaemonSet') continue;
      const update = within(placed.object, 'spec', 'updateStrategy');
      if (within(update, 'type') === 'OnDelete') {
        yield {
          path: '/spec/updateStrategy/type',
          at: placed,
          message: 'updateStrategy OnDelete replaces a pod only when somebody deletes it',
          fix: `use RollingUpdate with maxSurge 0 and maxUnavailable ${maxUnavailable}`,
        };
        continue;
      }
      const surge = within(update, 'rollingUpdate', 'maxSurge') ?? 0;
      const field = within(update, 'rollingUpdate', 'maxUnavailable');
      const allowed = typeof field === 'number' || typeof field === 'string' ? field : 1;
      if (surge !== 0 && surge !== '0%') continue;
      const stuck = firstStuck(allowed, offline, most);
      if (stuck === undefined) continue;
      const { devices, dead, units } = stuck;
      yield {
        path: '/spec/updateStrategy/rollingUpdate/maxUnavailable',
        at: placed,
        message: `maxUnavailable ${allowed} lets ${units} of ${devices} devices be without a pod, and ${dead} of them ${dead === 1 ? 'is' : 'are'} expected offline (${percent(offline)})`,
        fix: `set maxUnavailable to ${maxUnavailable}, a number and not a percentage`,
      };
    }
  },

  examples: [
    {
      title: 'one device to a cluster: nothing else to update while it is away',
      subject: exampleClass([unavailable(1)]),
      expect: [],
    },
    {
      title: 'two of twenty offline, three may be away',
      subject: exampleClass([unavailable(3)], { device: FLAKY }),
      expect: [],
    },
    {
      title: 'two of twenty offline, two may be away',
      subject: exampleClass([unavailable(2)], { device: FLAKY }),
      expect: [
        'maxUnavailable 2 lets 2 of 11 devices be without a pod, and 2 of them are expected offline (10 %)',
      ],
    },
    {
      title: 'what Kubernetes fills in',
      subject: exampleClass([exampleDaemonSet({}, { updateStrategy: undefined })], {
        device: { maxDevicesPerCluster: 200 },
      }),
      expect: [
        'maxUnavailable 1 lets 1 of 2 devices be without a pod, and 1 of them is expected offline (1 %)',
      ],
    },
    {
      title: 'a percentage is taken of the living: of two devices with one off, even 100 % is one',
      subject: exampleClass([unavailable('100%')], { device: FLAKY }),
      expect: [
        'maxUnavailable 100% lets 1 of 2 devices be without a pod, and 1 of them is expected offline (10 %)',
      ],
    },
    {
      title: 'OnDelete',
      subject: exampleClass([exampleDaemonSet({}, { updateStrategy: { type: 'OnDelete' } })]),
      expect: ['updateStrategy OnDelete replaces a pod only when somebody deletes it'],
    },
  ],
});

/** The smallest cluster of several devices in which an update stands still. */
function firstStuck(
  allowed: unknown,
  offline: number,
  most: number,
): { devices: number; dead: number; units: number } | undefined {
  for (let devices = 2; devices <= most; devices++) {
    const dead = Math.ceil(offline * devices);
    const units = atMost(allowed, devices - dead, 'up');
    if (units <= dead) return { devices, dead, units };
  }
  return undefined;
}

const percent = (ratio: number): string => `${Number((ratio * 100).toPrecision(3))} %`;
