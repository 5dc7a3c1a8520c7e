// The reference fleets' classes of this machine's architecture, deployed: each on a device of its own in one cluster.

import type { KubeObject } from '../../../src/synth/manifests.ts';
import { readGenerated, type Generated } from '../../harness/generated.ts';
import { editServer } from '../../harness/story.ts';
import { draftOf, editClass, serverOf, synthDraft } from './derive.ts';
import type { Device } from './device.ts';
import { healthImage, prometheusImage } from './images.ts';
import { pushDigits, type PushedModel } from './model-images.ts';
import { podsIn, type Pod } from './pods.ts';
import { samplesFor, type Sample } from './predictions.ts';
import { LOGIN, startReceiver, type Receiver } from './receiver.ts';
import { HOST } from './registry.ts';
import { substitute, type Substitute } from './substitute.ts';
import { startWorld, type World } from './world.ts';

/** The classes, and one with an older K3s, made from hello-edge. Each is deployed into a namespace of its own. */
export const CLASSES = [
  { name: 'hello-edge-mini-pc', fleet: 'hello-edge', model: 'digits', pods: 1, cpus: 4, memoryMiB: 8 << 10 },
  {
    name: 'city-cameras-n100',
    fleet: 'city-cameras',
    model: 'detector',
    pods: 2,
    cpus: 4,
    memoryMiB: 8 << 10,
  },
  {
    name: 'city-cameras-rack',
    fleet: 'city-cameras',
    model: 'detector',
    pods: 2,
    cpus: 16,
    memoryMiB: 64 << 10,
  },
  {
    name: 'older-k3s-mini-pc',
    fleet: 'older-k3s',
    model: 'digits',
    pods: 1,
    cpus: 4,
    memoryMiB: 8 << 10,
    minor: '1.34',
  },
] as const;

export type ClassName = (typeof CLASSES)[number]['name'];

export interface Deployed {
  readonly world: World;
  readonly receiver: Receiver;
  readonly digits: PushedModel;
  /** The server that stands in for TensorFlow Serving. */
  readonly server: string;
  readonly samples: readonly Sample[];
  readonly device: (name: ClassName) => Device;
  readonly generated: (name: ClassName) => Generated;
  /** The pod of the model server. */
  readonly serverPod: (name: ClassName) => Promise<Pod>;
  readonly stop: () => Promise<void>;
}

/** Start it all and apply every release: about 16 s, without waiting for pods. */
export async function deploy(folder: string): Promise<Deployed> {
  const [world, receiver] = await Promise.all([startWorld(folder, 'pods'), startReceiver(folder)]);
  const devices = new Map<string, Device>();
  const starting = Promise.all(
    CLASSES.map(async (one) => {
      const size = { cpus: one.cpus, memoryMiB: one.memoryMiB };
      const options = { size, labels: { device: one.name }, ports: { 443: receiver.port } };
      const minor = 'minor' in one ? { minor: one.minor } : {};
      devices.set(one.name, await world.addDevice(one.name, { ...options, ...minor }));
    }),
  );
  const { registry } = world;
  const digits = await pushDigits(folder, registry);
  const server = await registry.putMade('tensorflow/serving', 'server-image');
  const copier = await registry.putMade('models/digits-copier', 'copier-image', '--model', digits.layout);
  const substitutes = await putSubstitutes(world, receiver, digits, server);
  const all = [...(await readGenerated()), await olderK3s(folder, copier)];
  const generated = new Map(all.map((one) => [`${one.fleet}-${one.class}`, one]));
  await starting;
  for (const { name } of CLASSES)
    await apply(world, name, generated.get(name)!, (objects) =>
      substitute(objects, substitutes, [digits.image, copier], { device: name }),
    );
  return {
    world,
    receiver,
    digits,
    server,
    samples: await samplesFor(digits.file, 20),
    device: (name) => devices.get(name)!,
    generated: (name) => generated.get(name)!,
    async serverPod(name) {
      const [pod] = await podsIn(world.plane, name, 'app.kubernetes.io/name=inference');
      return pod!;
    },
    async stop() {
      await world.stop();
      await receiver.stop();
    },
  };
}

/** Images that the fleets name and that cannot be had here, with what stands where they would. */
async function putSubstitutes(
  { registry }: World,
  receiver: Receiver,
  digits: PushedModel,
  server: string,
): Promise<readonly Substitute[]> {
  return [
    {
      repository: `${HOST}/tensorflow/serving`,
      image: server,
      why: 'no registry that this machine reaches has it; breakwater model serve takes its arguments and its place',
    },
    {
      repository: `${HOST}/prometheus/prometheus`,
      image: await registry.put('prometheus/prometheus', prometheusImage(receiver.certificate)),
      why: 'the same program, built from its pinned module, with the certificate of the tests',
    },
    {
      repository: `${HOST}/models/detector`,
      image: await registry.put('models/detector', {
        files: { 'detector/1/model.tflite': digits.file },
        entrypoint: [],
      }),
      why: 'the fleet names an example; the digits stand where it would',
    },
    {
      repository: `${HOST}/city/frame-grabber`,
      image: await registry.put('city/frame-grabber', healthImage(9100)),
      why: 'the fleet names an example; a port that answers stands where it would',
    },
  ];
}

/** hello-edge on K3s 1.34, which mounts no images, with an agent that scrapes every five seconds. */
async function olderK3s(folder: string, copier: string): Promise<Generated> {
  const draft = await draftOf('older-k3s');
  const ignore = [{ rule: 'k3s-supported', reason: 'the copier is what this is about' }];
  editClass(draft, { k3s: '1.34', ignore });
  editServer(draft, { copier, telemetry: { ...serverOf(draft).telemetry!, scrapeInterval: '5s' } });
  return synthDraft(folder, draft);
}

/** Apply what Flux would, but for Flux's own objects. */
async function apply(
  { plane }: World,
  name: string,
  { fleet, objects }: Generated,
  change: (objects: readonly KubeObject[]) => readonly KubeObject[],
): Promise<void> {
  const own = objects
    .map(([, object]) => object)
    .filter(
      ({ apiVersion, metadata }) =>
        !apiVersion.includes('toolkit.fluxcd.io') && metadata.namespace !== 'flux-system',
    );
  // Classes of one fleet share a cluster here, which they never do: each gets a namespace of its own.
  const apart = own.map((object) => inNamespace(object, fleet, name));
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'remote-write', namespace: name },
    stringData: LOGIN,
  };
  const [namespace, ...rest] = change(apart);
  for (const object of [namespace!, secret, ...rest]) await plane.api.apply(object);
}

function inNamespace(object: KubeObject, fleet: string, name: string): KubeObject {
  const { kind, metadata } = object;
  if (kind === 'Namespace') return { ...object, metadata: { ...metadata, name } };
  if (metadata.namespace !== fleet) return object;
  return { ...object, metadata: { ...metadata, namespace: name } };
}
