// Measures what Prometheus takes as our telemetry agent, cold, with the configuration as generated and as many series as
// a device may have, its receiver there, away for a while and back:
// `node dist/dev/measure-telemetry.js PROMETHEUS [LIMIT_MIB…]` as root on Linux. Scrapes come 150 times as fast.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { IDENTITY_LABELS, telemetryConfig } from '../synth/telemetry-config.ts';
import { MAX_SERIES } from '../synth/telemetry-storage.ts';
import { coldCopy } from './measure/cold-copy.ts';
import { end } from './measure/ended.ts';
import { formatFigures, MemoryGroup } from './measure/memory-group.ts';

const [program = '', ...limits] = process.argv.slice(2);
const SCRAPE = '200ms';

const counters = Array.from({ length: MAX_SERIES - 10 }, () => 0);
let scrapes = 0;
let sent = 0;
let there = true;

const listen = (answer: RequestListener): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer(answer).listen(0, '127.0.0.1', () => resolve(server));
  });
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** A server whose every counter grows by another amount each time: what compresses worst. */
const target = await listen((_, response) => {
  scrapes += 1;
  response.setHeader('Content-Type', 'text/plain; version=0.0.4');
  counters.forEach((value, index) => {
    counters[index] = value + Math.floor(Math.random() * 100);
  });
  response.end(counters.map((value, index) => `latency_bucket{le="${index}"} ${value}\n`).join(''));
});
const receiver = await listen((request, response) => {
  request.resume().on('end', () => {
    if (there) sent += 1;
    response.writeHead(there ? 204 : 503).end();
  });
});

const config = telemetryConfig(
  {
    image: 'measured@sha256:0',
    remoteWrite: { url: `http://127.0.0.1:${portOf(receiver)}/` },
    metrics: { errors: 'errors', requests: 'requests', latency: 'latency' },
  },
  { workload: 'measured', port: portOf(target), path: '/metrics' },
).replaceAll(/(scrape_(?:interval|timeout)): \S+/g, `$1: ${SCRAPE}`);

async function measure(limit: number): Promise<void> {
  process.stdout.write(limit === 0 ? 'no limit\n' : `limit ${limit} MiB\n`);
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-measure-'));
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'prometheus.yml'), config);
  const group = new MemoryGroup('breakwater-telemetry', limit);
  const copy = coldCopy(program, join(folder, 'prometheus'));
  const start = () =>
    group.start(
      [
        copy,
        '--agent',
        `--config.file=${folder}/prometheus.yml`,
        `--storage.agent.path=${folder}/data`,
        '--web.listen-address=127.0.0.1:0',
      ],
      Object.fromEntries(Object.keys(IDENTITY_LABELS).map((name) => [name, 'measured'])),
    );
  const after = async (seconds: number, what: string): Promise<void> => {
    const before = { scrapes, sent };
    await pause(1000 * seconds);
    process.stdout.write(
      `  ${what}: ${scrapes - before.scrapes} scrapes, ${sent - before.sent} sent; ${formatFigures(group.figures())}\n`,
    );
  };
  there = true;
  let agent = start();
  await after(15, 'started');
  there = false;
  await after(30, 'receiver away');
  await end(agent);
  agent = start();
  await after(15, 'started again');
  there = true;
  await after(15, 'receiver back');
  await end(agent);
  group.remove();
  rmSync(folder, { recursive: true });
}

for (const limit of limits.length === 0 ? [0] : limits.map(Number)) await measure(limit);
process.exit();
