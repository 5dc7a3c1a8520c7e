// etcd and an API server: enough to ask what Kubernetes accepts.

import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Api } from './api.ts';
import { start, startOnFreePorts, type Running } from './process.ts';

const TOKEN = 'breakwater-test';

export interface ControlPlane {
  readonly name: string;
  readonly api: Api;
  /** Folder of the run. */
  readonly folder: string;
  /** Folder of this control plane's data. */
  readonly data: string;
  /** A kubeconfig for its administrator. */
  readonly kubeconfig: string;
  readonly etcd: Running;
  readonly server: Running;
  stop(): Promise<void>;
}

interface Options {
  /** Folder of the run. */
  readonly folder: string;
  /** Names processes and data; one at a time. */
  readonly name: string;
  /** Minor version whose API groups and versions to serve, such as `1.34`; default: the server's own. */
  readonly emulate?: string;
  /** Path of another kube-apiserver than the pinned one. */
  readonly path?: string;
}

/** Start etcd and an API server and wait until both are ready: about 4 s, 300 MB. */
export async function startControlPlane({ folder, name, emulate, path }: Options): Promise<ControlPlane> {
  const data = join(folder, name);
  mkdirSync(data, { recursive: true });
  const etcd = await startEtcd(folder, name, data);
  const key = join(data, 'sa.key');
  writeKeys(data);
  writeFileSync(join(data, 'tokens.csv'), `${TOKEN},admin,admin,"system:masters"\n`);
  const { process: server, ports } = await startOnFreePorts(
    1,
    ([port]) =>
      start({
        folder,
        name: `${name}-apiserver`,
        program: 'kube-apiserver',
        ...(path === undefined ? {} : { path }),
        args: [
          `--etcd-servers=${etcd.url}`,
          '--bind-address=127.0.0.1',
          `--secure-port=${port}`,
          `--cert-dir=${join(data, 'certificates')}`,
          '--service-account-issuer=https://kubernetes.default.svc',
          `--service-account-key-file=${join(data, 'sa.pub')}`,
          `--service-account-signing-key-file=${key}`,
          `--token-auth-file=${join(data, 'tokens.csv')}`,
          '--authorization-mode=RBAC',
          // As K3s starts it.
          '--allow-privileged=true',
          '--service-cluster-ip-range=10.0.0.0/24',
          ...(emulate === undefined ? [] : [`--emulated-version=${emulate}`]),
        ],
      }),
    async ([port]) => {
      const certificate = join(data, 'certificates', 'apiserver.crt');
      if (!existsSync(certificate)) return false;
      const api = new Api(`https://127.0.0.1:${port}`, TOKEN, readFileSync(certificate, 'utf8'));
      try {
        const { status } = await api.send('GET', '/readyz');
        return status === 200;
      } finally {
        api.close();
      }
    },
  );
  const url = `https://127.0.0.1:${ports[0]}`;
  const certificate = readFileSync(join(data, 'certificates', 'apiserver.crt'), 'utf8');
  const kubeconfig = join(data, 'kubeconfig');
  writeFileSync(kubeconfig, JSON.stringify(kubeconfigFor(url, certificate)), { mode: 0o600 });
  const api = new Api(url, TOKEN, certificate);
  return {
    name,
    api,
    folder,
    data,
    kubeconfig,
    etcd: etcd.process,
    server,
    async stop() {
      api.close();
      await server.stop();
      await etcd.process.stop();
    },
  };
}

async function startEtcd(
  folder: string,
  name: string,
  data: string,
): Promise<{ process: Running; url: string }> {
  const { process, ports } = await startOnFreePorts(
    2,
    ([client, peer]) =>
      start({
        folder,
        name: `${name}-etcd`,
        program: 'etcd',
        args: [
          `--data-dir=${join(data, `etcd-${client}`)}`,
          `--listen-client-urls=http://127.0.0.1:${client}`,
          `--advertise-client-urls=http://127.0.0.1:${client}`,
          `--listen-peer-urls=http://127.0.0.1:${peer}`,
          `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
          `--initial-cluster=default=http://127.0.0.1:${peer}`,
          '--unsafe-no-fsync',
          '--log-level=warn',
        ],
      }),
    async ([client]) => (await fetch(`http://127.0.0.1:${client}/health`)).ok,
  );
  return { process, url: `http://127.0.0.1:${ports[0]}` };
}

/** The key pair that service account tokens are signed with. */
function writeKeys(data: string): void {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(data, 'sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  writeFileSync(join(data, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
}

/** JSON is YAML. */
const kubeconfigFor = (server: string, certificate: string): unknown => ({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [
    {
      name: 'test',
      cluster: { server, 'certificate-authority-data': Buffer.from(certificate).toString('base64') },
    },
  ],
  users: [{ name: 'admin', user: { token: TOKEN } }],
  contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
  'current-context': 'test',
});
