// hello-edge with several devices in a cluster, delivered by Flux from what Breakwater's verbs write.

import { startKustomizeController } from '../../harness/controllers.ts';
import { installCrds, isFlux } from '../../harness/install-crds.ts';
import { startSource, type Source } from '../../harness/source.ts';
import { beginStory, editServer, type Draft, type Story } from '../../harness/story.ts';
import { indexOfSlice, sliceOf } from '../../../src/plan/slices.ts';
import { serverOf } from './derive.ts';
import type { Device } from './device.ts';
import { prometheusImage } from './images.ts';
import { pushDigits, type PushedModel } from './model-images.ts';
import { LOGIN } from './receiver.ts';
import { startWorld, type World } from './world.ts';

export interface FleetOnDevices {
  readonly world: World;
  readonly story: Story;
  readonly devices: readonly Device[];
  /** The model as the fleet has it, and made by another recipe: another file with other answers. */
  readonly models: readonly [first: PushedModel, second: PushedModel];
  /** A model image whose file is no model. */
  readonly broken: string;
  stop(): Promise<void>;
}

export const FLEET = 'hello-edge';

/** Start control plane, Flux, registry and devices, and build and push the models: about 20 s. */
export async function startFleetOnDevices(folder: string, names: readonly string[]): Promise<FleetOnDevices> {
  const [world, source] = await Promise.all([startWorld(folder, 'fleet'), startSource()]);
  const { plane, registry } = world;
  await installCrds(plane.api, isFlux);
  for (const name of ['flux-system', FLEET])
    await plane.api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  // Made by others, as the definition says.
  const secret = { metadata: { name: 'remote-write', namespace: FLEET }, stringData: LOGIN };
  await plane.api.apply({ apiVersion: 'v1', kind: 'Secret', ...secret });
  // Cancelling a health check is what the fleet's README asks for.
  const flux = await startKustomizeController(plane, ['CancelHealthCheckOnNewRevision=true']);
  const devices = await Promise.all(names.map((name) => world.addDevice(name)));
  const models = [await pushDigits(folder, registry), await pushDigits(folder, registry, 'dynamic')] as const;
  const images = {
    server: await registry.putMade('tensorflow/serving', 'server-image'),
    agent: await registry.put('prometheus/prometheus', prometheusImage()),
  };
  const broken = await registry.put('models/digits', {
    files: { 'digits/1/model.tflite': Buffer.from('no model') },
    entrypoint: [],
  });
  // As a device in the field: it has run before, and has these.
  await Promise.all(devices.flatMap((device) => Object.values(images).map((image) => device.pull(image))));
  const story = await begin(folder, source, names.length, images);
  return {
    world,
    story,
    devices,
    models,
    broken,
    async stop() {
      await flux.stop();
      await world.stop();
      await source.stop();
    },
  };
}

function begin(
  runFolder: string,
  source: Source,
  devices: number,
  images: { readonly server: string; readonly agent: string },
): Promise<Story> {
  return beginStory({
    runFolder,
    source,
    fleet: FLEET,
    change(draft) {
      const size = { memory: '8Gi', cpu: '4', disk: '64Gi', maxDevicesPerCluster: devices } as const;
      draft.classes = { 'mini-pc': { ...draft.classes['mini-pc']!, ...size } };
      draft.inventory = [{ class: 'mini-pc', region: 'north', clusters: 10_000, devicesPerCluster: devices }];
      // Its canary has three devices to a cluster, and the test no evidence.
      draft.ignore = [{ rule: 'wave-can-pass', reason: 'a test promotes without evidence' }];
      const { server, telemetry } = serverOf(draft);
      editServer(draft, {
        server: { ...(server as Exclude<typeof server, { byClass: unknown }>), image: images.server },
        telemetry: { ...telemetry!, image: images.agent },
      });
    },
  });
}

/** Let the fleet run another model's image. */
export const runModel =
  (image: string) =>
  (draft: Draft): void => {
    draft.models = { digits: { ...(draft.models!['digits'] as object), image } as never };
  };

/** A name for a cluster of the second wave, which gets a release by promotion. */
export function clusterOfSecondWave(draft: Pick<Draft, 'rollout'>): string {
  const { salt, waves } = draft.rollout;
  for (let number = 0; ; number += 1) {
    const name = `store-${number}`;
    const slice = sliceOf(salt, name);
    const percent = Number(slice.slice(1));
    if (indexOfSlice(slice) !== undefined && percent > waves[0]!.percent && percent <= waves[1]!.percent)
      return name;
  }
}
