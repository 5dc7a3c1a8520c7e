// source-controller's part, played by its documented contract: an HTTP server on loopback that offers artifacts, and
// the status of a GitRepository or OCIRepository that names the newest one.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { ControlPlane } from './control-plane.ts';

export interface Artifact {
  readonly url: string;
  /** `main@sha1:…` */
  readonly revision: string;
  readonly digest: string;
  readonly path: string;
  readonly size: number;
}

export interface Source {
  /** Pack `generated/` of a repository, as Git's or an OCI artifact's content. */
  publish(root: string): Artifact;
  stop(): Promise<void>;
}

/** Start the artifact server. */
export async function startSource(): Promise<Source> {
  const contents = new Map<string, Buffer>();
  const server: Server = createServer((request, response) => {
    const content = contents.get(request.url ?? '');
    response
      .writeHead(content === undefined ? 404 : 200, { 'content-type': 'application/gzip' })
      .end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    publish(root) {
      const { status, stdout, stderr } = spawnSync('tar', ['-czf', '-', '-C', root, 'generated'], {
        maxBuffer: 64 * 2 ** 20,
      });
      if (status !== 0) throw new Error(`tar failed: ${stderr.toString()}`);
      const digest = createHash('sha256').update(stdout).digest('hex');
      const path = `/${digest}.tar.gz`;
      contents.set(path, stdout);
      return {
        url: `http://127.0.0.1:${port}${path}`,
        revision: `main@sha1:${createHash('sha1').update(stdout).digest('hex')}`,
        digest: `sha256:${digest}`,
        path: path.slice(1),
        size: stdout.length,
      };
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Tell a cluster's source object of an artifact: what source-controller does after it fetched one. */
export async function deliver(
  plane: ControlPlane,
  kind: 'GitRepository' | 'OCIRepository',
  name: string,
  artifact: Artifact,
): Promise<void> {
  const apiVersion = 'source.toolkit.fluxcd.io/v1';
  const source = await plane.api.get(apiVersion, kind, 'flux-system', name);
  if (source === undefined) throw new Error(`${plane.name} has no ${kind} flux-system/${name}`);
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const { generation } = source.metadata;
  const status = {
    observedGeneration: generation,
    artifact: { ...artifact, lastUpdateTime: now },
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'Succeeded',
        message: `stored artifact for revision '${artifact.revision}'`,
        lastTransitionTime: now,
        observedGeneration: generation,
      },
    ],
  };
  await plane.api.merge(apiVersion, kind, 'flux-system', name, { status }, 'status');
}
