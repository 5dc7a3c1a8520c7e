import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { missingFrom, pushImage } from '../../src/model/registry/push.ts';
import { openSession } from '../../src/model/registry/session.ts';
import { missing, startRegistry, type RealRegistry } from './docker-registry.ts';
import { storedImage } from './stored.ts';

/** A way to a host that ends after so many bytes, so often. */
async function brittle(host: string, bytes: number, times: number): Promise<{ host: string; close(): void }> {
  let left = times;
  const server = createServer((from) => {
    const to = connect(Number(host.split(':')[1]), '127.0.0.1');
    let passed = 0;
    const end = (): void => {
      from.destroy();
      to.destroy();
    };
    from.on('error', end).on('close', end);
    to.on('error', end).on('close', end);
    to.pipe(from);
    from.on('data', (piece: Buffer) => {
      passed += piece.length;
      to.write(piece);
      if (passed < bytes || left === 0) return;
      left -= 1;
      // What has passed is there before the line goes dead.
      setTimeout(end, 50);
      passed = Number.NEGATIVE_INFINITY;
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => void server.close() };
}

describe.skipIf(missing !== '')(`Debian's docker-registry${missing}`, () => {
  const [image, other] = [storedImage(3_000_000), storedImage(3_000_001)];
  let registry: RealRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  const open = (host = registry.host, name = 'models/digits') =>
    openSession(`${host}/${name}`, { env: { DOCKER_CONFIG: '/nowhere' }, actions: 'pull,push', pauseMs: 10 });

  test('takes an image, has it, and gives skopeo the same bytes of every blob back', async () => {
    expect(await missingFrom(open(), image.index.digest)).toEqual([image.index.digest]);
    expect(await pushImage(image, open(), { pieceBytes: 1_000_000 })).toMatchObject({ sent: 8, there: 0 });
    expect(await pushImage(image, open())).toEqual({ sent: 0, sentBytes: 0, there: 8 });
    expect(await missingFrom(open(), image.index.digest)).toEqual([]);

    const folder = mkdtempSync(join(tmpdir(), 'breakwater-pulled-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    execFileSync('skopeo', [
      '--insecure-policy',
      'copy',
      '--all',
      '--preserve-digests',
      '--src-tls-verify=false',
      `docker://${registry.host}/models/digits@${image.index.digest}`,
      `dir:${folder}`,
    ]);
    for (const { digest, path } of image.blobs)
      expect(readFileSync(join(folder, digest.slice('sha256:'.length))).equals(readFileSync(path))).toBe(
        true,
      );
    expect(readFileSync(join(folder, 'manifest.json')).equals(readFileSync(image.index.path))).toBe(true);
    expect(readdirSync(folder).filter((name) => name.endsWith('.manifest.json'))).toHaveLength(3);
  });

  test('gets the whole image over a line that breaks', async () => {
    const line = await brittle(registry.host, 700_000, 3);
    await pushImage(other, open(line.host, 'models/brittle'), { pieceBytes: 500_000 });
    line.close();
    expect(await missingFrom(open(registry.host, 'models/brittle'), other.index.digest)).toEqual([]);
  });
});
