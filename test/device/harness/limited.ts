// The model server's container as generated, with other models and limits, on a device with room for all of them.

import { setTimeout as delay } from 'node:timers/promises';
import type { BreakwaterServerSpec, FleetSpec } from '../../../src/fleet/spec.ts';
import { BREAKWATER_SERVER_DEFAULTS, serverBytes } from '../../../src/fleet/server-memory.ts';
import { parseBytes } from '../../../src/fleet/units.ts';
import modelFitsLimit from '../../../src/rules/model-fits-limit.ts';
import { editServer, type Draft } from '../../harness/story.ts';
import { until } from '../../harness/until.ts';
import { draftOf, serverOf, synthDraft } from './derive.ts';
import { forget, type Device } from './device.ts';
import type { SizedModel } from './models.ts';
import { containerOf, isReady, untilPod, type ContainerStatus, type Pod, type PodSpec } from './pods.ts';
import { predict, samplesFor, type Sample } from './predictions.ts';
import type { World } from './world.ts';

const MIB = 2 ** 20;

export const NAME = 'limits';

/** The server with its defaults. */
const SERVER: BreakwaterServerSpec = { kind: 'breakwater', image: 'registry.example.com/server' };

/** The largest body that it reads: numbers, and nothing that a model takes. */
const LARGEST = `{"inputs": [${'0.5,'.repeat(parseBytes(BREAKWATER_SERVER_DEFAULTS.maxBody) / 4 - 8)}0]}`;

/** At once with the largest bodies: three are let in. */
const CLIENTS = 4;

/** Bytes in whole Mi, as a definition says it. */
const inMi = (bytes: number): `${number}Mi` => `${Math.ceil(bytes / MIB)}Mi`;

export interface Limits {
  readonly memory?: string;
  readonly cpu?: string;
}

export interface Limited {
  readonly device: Device;
  /** Run a server; its pod is named after the model. */
  run(model: SizedModel, limits: Limits): Promise<void>;
  /** Delete a pod and wait until it is gone. */
  remove(name: string): Promise<void>;
  untilReady(name: string): Promise<{ readonly pod: Pod; readonly server: ContainerStatus }>;
  /** Ask for predictions, a few at a time. Throws where one fails. */
  load(pod: Pod, samples: readonly Sample[], count: number, meanwhile?: () => void): Promise<void>;
  /** Send bodies as large as may be, from more clients than there is room for, until some were read. */
  flood(pod: Pod, count: number, meanwhile?: () => void): Promise<void>;
  samples(model: SizedModel, count: number): Promise<readonly Sample[]>;
  /** What the rule `model-fits-limit` says of a limit. */
  ruleSays(model: SizedModel, memory: string): string | undefined;
  /** The least limit that the rule accepts, in MiB. */
  leastFor(model: SizedModel): number;
  /** What Breakwater counts: the server, the model's file and one interpreter. In bytes. */
  estimate(model: SizedModel): number;
}

/** Make the device, and what pods need in its namespace. */
export async function startLimited(world: World, server: string): Promise<Limited> {
  const { plane, registry } = world;
  const size = { cpus: 16, memoryMiB: 32 << 10 };
  const device = await world.addDevice(NAME, { size, labels: { device: NAME } });
  await device.pull(server);
  const draft = await limitsDraft(server);
  const { objects } = await synthDraft(world.folder, draft);
  let template: PodSpec | undefined;
  for (const [, object] of objects) {
    if (object.apiVersion.includes('toolkit.fluxcd.io') || object.metadata.namespace === 'flux-system')
      continue;
    const { template: found } = (object.spec ?? {}) as { readonly template?: { readonly spec: PodSpec } };
    if (found) template = found.spec;
    else await plane.api.apply(object);
  }
  const ruleSays = (model: SizedModel, memory: string): string | undefined => {
    const spec = withModel(draft, model, memory) as FleetSpec;
    const subject = { spec, class: 'mini-pc' } as Parameters<typeof modelFitsLimit.check>[0];
    const [finding] = [...modelFitsLimit.check(subject)];
    return finding && 'message' in finding ? finding.message : undefined;
  };
  return {
    device,
    async run({ name, file }, limits) {
      forget(device, 'usr/local/bin/node');
      const files = { 'digits/1/model.tflite': file };
      const image = await registry.put(`models/${name}`, { files, entrypoint: [] });
      const spec = structuredClone(template!) as PodSpec & { nodeName: string };
      spec.nodeName = NAME;
      const { resources } = spec.containers[0] as { resources: Record<string, Record<string, string>> };
      for (const kind of ['limits', 'requests']) Object.assign(resources[kind]!, limits);
      for (const volume of spec.volumes ?? [])
        if (volume.image) Object.assign(volume.image, { reference: image });
      await plane.api.apply({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: NAME },
        spec,
      });
    },
    async remove(name) {
      await plane.api.remove('v1', 'Pod', NAME, name);
      await until(
        `${name} to be gone`,
        async () => (await plane.api.get('v1', 'Pod', NAME, name)) === undefined,
      );
    },
    untilReady: (name) =>
      untilPod(
        plane,
        NAME,
        name,
        'to be ready',
        (pod) => isReady(pod) && { pod, server: containerOf(pod, 'server')! },
      ),
    async load(pod, samples, count, meanwhile) {
      const url = `http://${pod.status!.podIP}:8501/v1/models/digits`;
      for (let done = 0; done < count; done += 4) {
        await Promise.all(
          [0, 1, 2, 3].map((each) => predict(device.node, url, samples[(done + each) % samples.length]!)),
        );
        meanwhile?.();
      }
    },
    samples: ({ file }, count) => samplesFor(file, count),
    async flood(pod, count, meanwhile) {
      const url = `http://${pod.status!.podIP}:8501/v1/models/digits:predict`;
      let read = 0;
      const client = async (): Promise<void> => {
        while (read < count) {
          const { status } = await device.node.fetch(url, LARGEST);
          // Too many values: refused, but only after it was read. At once, while three such are there.
          if (status === 400) read += 1;
          else if (status === 503) await delay(50);
          else throw new Error(`a body of ${LARGEST.length} bytes got ${status}`);
          meanwhile?.();
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, client));
    },
    ruleSays,
    leastFor(model) {
      let least = 1;
      while (ruleSays(model, `${least}Mi`) !== undefined) least += 1;
      return least;
    },
    estimate: ({ file, interpreterBytes }) => serverBytes(SERVER)! + file.length + interpreterBytes,
  };
}

/** hello-edge with our server, whose memory Breakwater knows, and without telemetry. */
async function limitsDraft(image: string): Promise<Draft> {
  const draft = await draftOf(NAME);
  const { telemetry: _, ...rest } = serverOf(draft);
  draft.workloads = { inference: rest };
  delete (draft as { external?: unknown }).external;
  editServer(draft, {
    memory: '1Gi',
    server: { ...SERVER, image },
  });
  return draft;
}

function withModel(draft: Draft, model: SizedModel, memory: string): Draft {
  const copy = structuredClone(draft);
  const { name, image } = copy.models!['digits'] as { name: string; image: string };
  copy.models = {
    digits: { name, image, size: inMi(model.file.length), peakMemory: inMi(model.interpreterBytes) },
  };
  editServer(copy, { memory });
  return copy;
}
