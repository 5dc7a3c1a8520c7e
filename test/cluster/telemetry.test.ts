import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { describeCluster, runFolder } from './cluster-test.ts';
import { binaryPath } from '../harness/build.ts';
import { readGenerated } from '../harness/generated.ts';
import { start, startOnFreePorts, type Running } from '../harness/process.ts';
import { until } from '../harness/until.ts';

interface Agent {
  readonly config: string;
  readonly args: readonly string[];
}

interface Container {
  readonly name: string;
  readonly args: readonly string[];
}

/** The agent of a class's model server, as it is generated. */
async function agentOf(fleet: string, className: string): Promise<Agent> {
  const generated = (await readGenerated()).find((one) => one.fleet === fleet && one.class === className)!;
  const objects = generated.objects.map(([, object]) => object);
  const map = objects.find(({ metadata }) => metadata.name.includes('-telemetry-'))!;
  const containers = objects.flatMap(
    ({ spec }) =>
      (spec as { template?: { spec?: { initContainers?: Container[] } } })?.template?.spec?.initContainers ??
      [],
  );
  return {
    config: (map['data'] as Record<string, string>)['prometheus.yml']!,
    args: containers.find(({ name }) => name === 'telemetry')!.args,
  };
}

/** What TensorFlow Serving shows, and more that nobody asked for. */
const METRICS = `# TYPE :tensorflow:serving:request_count counter
:tensorflow:serving:request_count{model_name="digits",status="OK"} 41
:tensorflow:serving:request_count{model_name="digits",status="Internal"} 1
# TYPE :tensorflow:core:graph_runs counter
:tensorflow:core:graph_runs 42
# TYPE process_open_fds gauge
process_open_fds 17
`;

/** Who the agent is. */
const WHO = {
  cluster: '0042',
  class: 'mini-pc',
  slice: 'p000.01',
  device: 'device-1',
  version: 'v0123456789ab',
};

/** What its container gets from the identity ConfigMap and the downward API. */
const ENVIRONMENT = Object.fromEntries(
  Object.entries(WHO).map(([name, value]) => [`BREAKWATER_${name.toUpperCase()}`, value]),
);

/** Where files of a pod stand in this test. */
const PATHS = '/etc/breakwater/';

describeCluster('the telemetry agent', () => {
  const running: Running[] = [];
  const servers: Server[] = [];
  afterAll(async () => {
    servers.forEach((server) => server.close().closeAllConnections());
    await Promise.all(running.map((process) => process.stop()));
  });

  /** Write the configuration and the files that it names; with other paths and addresses, nothing else changed. */
  function place(name: string, config: string): string {
    const folder = join(runFolder, name);
    mkdirSync(join(folder, 'remote-write'), { recursive: true });
    writeFileSync(join(folder, 'remote-write', 'username'), 'device');
    writeFileSync(join(folder, 'remote-write', 'password'), 'secret');
    const file = join(folder, 'prometheus.yml');
    writeFileSync(file, config.replaceAll(PATHS, `${folder}/`));
    return file;
  }

  test('has a configuration that promtool accepts, in every class', async () => {
    let checked = 0;
    for (const { fleet, class: name } of await readGenerated()) {
      const file = place(`check-${fleet}-${name}`, (await agentOf(fleet, name)).config);
      const { status, stdout, stderr } = spawnSync(
        binaryPath('promtool'),
        ['check', 'config', '--agent', file],
        { encoding: 'utf8', env: { ...process.env, ...ENVIRONMENT } },
      );
      expect([fleet, name, status, stderr]).toEqual([fleet, name, 0, '']);
      expect(stdout).toContain('SUCCESS');
      checked += 1;
    }
    expect(checked).toBe(7);
  });

  test('sends the series that gates need, with the labels that say who and what, and nothing else', async () => {
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/monitoring/prometheus/metrics' ? 200 : 404).end(METRICS);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port: metricsPort } = server.address() as { port: number };

    const receiverFolder = join(runFolder, 'receiver');
    mkdirSync(receiverFolder);
    writeFileSync(join(receiverFolder, 'prometheus.yml'), 'global: {}\n');
    const receiver = await startOnFreePorts(
      1,
      ([port]) =>
        start({
          folder: runFolder,
          name: 'receiver',
          program: 'prometheus',
          args: [
            `--config.file=${join(receiverFolder, 'prometheus.yml')}`,
            `--storage.tsdb.path=${join(receiverFolder, 'data')}`,
            `--web.listen-address=127.0.0.1:${port}`,
            '--web.enable-remote-write-receiver',
          ],
        }),
      async ([port]) => (await fetch(`http://127.0.0.1:${port}/-/ready`)).ok,
    );
    running.push(receiver.process);
    const address = `http://127.0.0.1:${receiver.ports[0]}`;

    const { config, args } = await agentOf('hello-edge', 'mini-pc');
    const file = place(
      'agent',
      config
        .replace('localhost:8501', `localhost:${metricsPort}`)
        .replace('https://metrics.example.com', address)
        .replace('scrape_interval: 30s', 'scrape_interval: 1s')
        .replace('scrape_timeout: 10s', 'scrape_timeout: 1s'),
    );
    const agent = await startOnFreePorts(
      1,
      ([port]) =>
        start({
          folder: runFolder,
          name: 'agent-process',
          program: 'prometheus',
          args: args.map((arg) =>
            arg
              .replace(/^--config.file=.*/, `--config.file=${file}`)
              .replace(/^--storage.agent.path=.*/, `--storage.agent.path=${join(runFolder, 'agent', 'data')}`)
              .replace('0.0.0.0:9090', `127.0.0.1:${port}`),
          ),
          env: ENVIRONMENT,
        }),
      async ([port]) => (await fetch(`http://127.0.0.1:${port}/-/ready`)).ok,
    );
    running.push(agent.process);

    const started = Date.now();
    const series = await until('series at the receiver', async () => {
      const answer = await fetch(
        `${address}/api/v1/series?match[]=${encodeURIComponent('{__name__=~".+"}')}`,
      );
      const { data } = (await answer.json()) as { data: Record<string, string>[] };
      return data.length >= 3 && data;
    });
    console.log(
      `${series.length} series ${((Date.now() - started) / 1000).toFixed(1)} s after the agent was ready`,
    );
    const requests = { __name__: ':tensorflow:serving:request_count', model_name: 'digits', ...WHO };
    expect(new Set(series)).toEqual(
      new Set([
        { ...requests, status: 'OK' },
        { ...requests, status: 'Internal' },
        { __name__: 'up', ...WHO },
      ]),
    );
  });
});
