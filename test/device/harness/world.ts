// All that devices of one cluster need: a control plane, a registry with the images of the tests, and the devices.

import { binaryPath } from '../../harness/build.ts';
import { startControlPlane, type ControlPlane } from '../../harness/control-plane.ts';
import { startControllerManager, startScheduler } from '../../harness/controllers.ts';
import type { Running } from '../../harness/process.ts';
import { until } from '../../harness/until.ts';
import { startDevice, type Device } from './device.ts';
import type { NodeSize } from './node.ts';
import { startRegistry, type Registry } from './registry.ts';

export interface World {
  readonly folder: string;
  readonly plane: ControlPlane;
  readonly registry: Registry;
  /** An image with `device-tools`. */
  readonly tools: string;
  /** Start one more device and wait until pods can be placed on it. */
  addDevice(name: string, options?: DeviceOptions): Promise<Device>;
  stop(): Promise<void>;
}

interface DeviceOptions {
  readonly size?: NodeSize;
  readonly minor?: '1.34' | '1.36';
  readonly labels?: Readonly<Record<string, string>>;
  /** See {@link startDevice}. */
  readonly ports?: Readonly<Record<number, number>>;
}

/** Start everything but devices: about 6 s. */
export async function startWorld(folder: string, name: string): Promise<World> {
  const [registry, plane] = await Promise.all([
    startRegistry(folder, `${name}-registry`),
    startControlPlane({ folder, name }),
  ]);
  const running: Running[] = await Promise.all([startControllerManager(plane), startScheduler(plane)]);
  const [pause, tools] = await Promise.all([
    registry.put('pause', { files: { pause: binaryPath('device-tools') }, entrypoint: ['/pause'] }),
    registry.put('tools', {
      files: { 'bin/device-tools': binaryPath('device-tools') },
      entrypoint: ['/bin/device-tools'],
    }),
  ]);
  const devices: Device[] = [];
  let count = 0;
  return {
    folder,
    plane,
    registry,
    tools,
    async addDevice(name, { labels = {}, ...options } = {}) {
      count += 1;
      const device = await startDevice({
        folder,
        name,
        number: count,
        plane,
        registry,
        pause,
        ...options,
      });
      devices.push(device);
      await until(`${name} to be ready`, () => isReady(plane, name), { everyMs: 200 });
      if (Object.keys(labels).length > 0)
        await plane.api.merge('v1', 'Node', undefined, name, { metadata: { labels } });
      return device;
    },
    async stop() {
      await Promise.all(devices.map((device) => device.unplug()));
      await Promise.all(running.map((process) => process.stop()));
      await plane.stop();
      await registry.stop();
    },
  };
}

async function isReady(plane: ControlPlane, name: string): Promise<boolean> {
  const node = await plane.api.get<
    { taints?: readonly unknown[] },
    { conditions?: readonly { type: string; status: string }[] }
  >('v1', 'Node', undefined, name);
  return (
    (node?.spec.taints ?? []).length === 0 &&
    (node?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false)
  );
}
