import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeCluster, runFolder } from './cluster-test.ts';
import type { Condition } from '../harness/api.ts';
import { startControlPlane, type ControlPlane } from '../harness/control-plane.ts';
import { startArgoRollouts, startControllerManager, startScheduler } from '../harness/controllers.ts';
import { installCrds } from '../harness/install-crds.ts';
import { startNodes } from './harness/nodes.ts';
import type { Running } from '../harness/process.ts';
import { until } from '../harness/until.ts';

const API = 'argoproj.io/v1alpha1';

interface RolloutStatus {
  readonly phase?: string;
  readonly abort?: boolean;
  readonly currentPodHash?: string;
  readonly stableRS?: string;
  readonly observedGeneration?: string;
  readonly conditions?: readonly Condition[];
}

/** A metric provider that answers every query with one number: what Argo asks of Prometheus. */
async function startMetrics(answer: (query: string) => number): Promise<{ address: string; server: Server }> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const query = new URLSearchParams(body || (request.url ?? '').split('?')[1]).get('query') ?? '';
      const result = [{ metric: {}, value: [Date.now() / 1000, String(answer(query))] }];
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { address: `http://127.0.0.1:${(server.address() as { port: number }).port}`, server };
}

describeCluster('Argo Rollouts', () => {
  let plane: ControlPlane;
  let metrics: Awaited<ReturnType<typeof startMetrics>>;
  let running: readonly Running[];

  beforeAll(async () => {
    plane = await startControlPlane({ folder: runFolder, name: 'argo' });
    await installCrds(plane.api, ({ spec }) => spec.group === 'argoproj.io');
    // The fleet's name decides what its error rate is.
    metrics = await startMetrics((query) => (query.includes('bad') ? 0.2 : 0.001));
    running = await Promise.all([
      startControllerManager(plane),
      startScheduler(plane),
      startArgoRollouts(plane),
      startNodes(plane, ['argo-1', 'argo-2']),
    ]);
  });
  afterAll(async () => {
    metrics?.server.close().closeAllConnections();
    await Promise.all((running ?? []).map((process) => process.stop()));
    await plane?.stop();
  });

  const rollout = (name: string, image: string) => ({
    apiVersion: API,
    kind: 'Rollout',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image }] } },
      strategy: {
        canary: { steps: [{ setWeight: 25 }, { analysis: { templates: [{ templateName: name }] } }] },
      },
    },
  });

  const template = (name: string) => ({
    apiVersion: API,
    kind: 'AnalysisTemplate',
    metadata: { name, namespace: 'default' },
    spec: {
      metrics: [
        {
          name: 'errors',
          interval: '1s',
          count: 3,
          failureLimit: 0,
          successCondition: 'len(result) > 0 && result[0] <= 0.05',
          failureCondition: 'len(result) > 0 && result[0] > 0.05',
          provider: { prometheus: { address: metrics.address, query: `errors{fleet="${name}"}` } },
        },
      ],
    },
  });

  const statusOf = async (name: string): Promise<RolloutStatus> => {
    const live = await plane.api.get<unknown, RolloutStatus>(API, 'Rollout', 'default', name);
    return live?.status?.observedGeneration === String(live?.metadata.generation) ? (live.status ?? {}) : {};
  };

  /** Bring version 1 up, then start version 2, and wait for a phase of its rollout. */
  async function update(name: string, phase: string): Promise<{ before: string; after: RolloutStatus }> {
    await plane.api.apply(template(name));
    await plane.api.apply(rollout(name, 'registry.example.com/x:1'));
    const before = await until(`${name} to be stable`, async () => {
      const status = await statusOf(name);
      return status.phase === 'Healthy' && status.stableRS;
    });
    await plane.api.apply(rollout(name, 'registry.example.com/x:2'));
    const after = await until(`${name} to be ${phase}`, async () => {
      const status = await statusOf(name);
      return status.phase === phase && status.currentPodHash !== before && status;
    });
    return { before, after };
  }

  test('promotes a version whose analysis succeeds', async () => {
    const { before, after } = await update('good-fleet', 'Healthy');
    expect(after.stableRS).toBe(after.currentPodHash);
    expect(after.stableRS).not.toBe(before);
  });

  test('aborts a version whose analysis fails, and keeps the one before', async () => {
    const { before, after } = await update('bad-fleet', 'Degraded');
    expect(after.abort).toBe(true);
    expect(after.stableRS).toBe(before);
  });
});
