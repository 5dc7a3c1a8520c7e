// A real Prometheus that devices write to, under the name and with the password that the reference fleets give it.

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { start, startOnFreePorts, type Running } from '../../harness/process.ts';
import { until } from '../../harness/until.ts';

const NAME = 'metrics.example.com';

/** What the Secret `remote-write` of the fleets holds. */
export const LOGIN = { username: 'device', password: 'secret' };

/** bcrypt of the password above. */
const HASH = '$2b$04$yjN6iuTFBOLfSFwKjdJ.HOSD3w3w5YzdS8us9U/jdnrysJPUnieDy';

export interface Receiver {
  readonly port: number;
  /** File of the certificate, which signs itself. */
  readonly certificate: string;
  /** Cut it off, and connect it again: the same data, the same port. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ask its HTTP API, such as `query?query=up`. */
  ask<T>(path: string): Promise<T>;
}

export async function startReceiver(folder: string): Promise<Receiver> {
  const own = join(folder, 'receiver');
  mkdirSync(own);
  const certificate = join(own, 'certificate.pem');
  makeCertificate(certificate, join(own, 'key.pem'));
  writeFileSync(join(own, 'prometheus.yml'), 'storage: { tsdb: { out_of_order_time_window: 1h } }\n');
  writeFileSync(
    join(own, 'web.yml'),
    `tls_server_config: { cert_file: certificate.pem, key_file: key.pem }
basic_auth_users: { ${LOGIN.username}: "${HASH}" }
`,
  );
  const launch = (port: number): Running =>
    start({
      folder,
      name: 'receiver',
      program: 'prometheus',
      args: [
        `--config.file=${join(own, 'prometheus.yml')}`,
        `--web.config.file=${join(own, 'web.yml')}`,
        `--storage.tsdb.path=${join(own, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--web.enable-remote-write-receiver',
      ],
    });
  const ready = async (port: number): Promise<boolean> => (await get(port, '/-/ready')).status === 200;
  const { process: first, ports } = await startOnFreePorts(
    1,
    ([port]) => launch(port!),
    ([port]) => ready(port!),
  );
  let process = first;
  const port = ports[0]!;
  return {
    port,
    certificate,
    stop: () => process.stop(),
    async start() {
      process = launch(port);
      await until('the receiver', () => (process.assertAlive(), ready(port)));
    },
    async ask<T>(path: string) {
      const { status, text } = await get(port, `/api/v1/${path}`);
      if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
      return (JSON.parse(text) as { data: T }).data;
    },
  };
}

function makeCertificate(certificate: string, key: string): void {
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`];
  const files = ['-keyout', key, '-out', certificate];
  const { status, stderr } = spawnSync('openssl', ['req', ...kind, ...subject, ...files], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`openssl failed: ${stderr}`);
}

function get(port: number, path: string): Promise<{ status: number; text: string }> {
  const authorization = `Basic ${Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64')}`;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      // We know whom we started; that the name fits is what the agents check.
      { host: '127.0.0.1', port, path, headers: { authorization }, rejectUnauthorized: false, agent: false },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        incoming.on('error', reject);
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end();
  });
}
