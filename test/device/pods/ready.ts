import { expect, test } from 'vitest';
import { readGenerated } from '../../harness/generated.ts';
import { until } from '../../harness/until.ts';
import { CLASSES, type Deployed } from '../harness/deployed.ts';
import { isReady, objectsOfPods, podsIn } from '../harness/pods.ts';
import { predict } from '../harness/predictions.ts';

/** The pod of a fleet's model server, without its fleet's name. */
async function podOf(fleet: string): Promise<string> {
  const { objects } = (await readGenerated()).find((one) => one.fleet === fleet)!;
  const [pod] = objectsOfPods(objects.map(([, object]) => object));
  return JSON.stringify(pod).replaceAll(fleet, 'FLEET');
}

/** Pods come up, when the model answers and not before, and answer what LiteRT does. */
export function testReady(get: () => Deployed): void {
  test('are those of every class of this architecture', async () => {
    const amd64 = (await readGenerated()).flatMap(({ fleet, class: name, objects }) =>
      objectsOfPods(objects.map(([, object]) => object)).some(
        ({ nodeSelector }) => nodeSelector?.['kubernetes.io/arch'] === 'amd64',
      )
        ? [`${fleet}-${name}`]
        : [],
    );
    // What Argo delivers is hello-edge's own pod: one of the two runs here.
    const twin = 'hello-edge-argo-mini-pc';
    expect(amd64.filter((name) => name !== twin)).toEqual(
      CLASSES.map(({ name }) => name)
        .filter((name) => !name.startsWith('older-'))
        .toSorted(),
    );
    const [ours, theirs] = await Promise.all(['hello-edge', 'hello-edge-argo'].map(podOf));
    expect(theirs).toEqual(ours);
  });

  test.concurrent.each(CLASSES)('of $name are ready when the model answers, as LiteRT does', async (one) => {
    const { world, device, samples, serverPod } = get();
    const { node } = device(one.name);
    const started = Date.now();
    let tooEarly = 0;
    await until(`ready pods of ${one.name}`, async () => {
      const pods = await podsIn(world.plane, one.name);
      const server = pods.find(({ metadata }) => metadata.name.startsWith('inference-'));
      if (server && isReady(server)) {
        const { status } = await node.fetch(`http://${server.status!.podIP}:8501/v1/models/${one.model}`);
        if (status !== 200) tooEarly += 1;
      }
      return pods.length === one.pods && pods.every(isReady);
    });
    console.log(`${one.name}: ready ${Date.now() - started} ms after all were applied`);
    expect(tooEarly).toBe(0);
    const pod = await serverPod(one.name);
    expect(pod.spec.nodeName).toBe(one.name);
    const url = `http://${pod.status!.podIP}:8501/v1/models/${one.model}`;
    for (const sample of samples) expect(await predict(node, url, sample)).toEqual(sample.expected);
  });
}
