import { expect, test } from 'vitest';
import { CLASSES, type Deployed } from '../harness/deployed.ts';
import { containerOf } from '../harness/pods.ts';

/** What a program in the server's container can do, as it finds out itself. */
const PROBE = `
const { createHash } = require('node:crypto');
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const attempt = (path) => { try { writeFileSync(path, 'x'); return 'written'; } catch (error) { return error.code; } };
const status = Object.fromEntries(readFileSync('/proc/self/status', 'utf8').split('\\n').map((line) => line.split(':\\t')));
console.log(JSON.stringify({
  root: attempt('/x'), model: attempt(process.argv[1]), config: attempt('/etc/breakwater/server/x'), tmp: attempt('/tmp/x'),
  uid: process.getuid(), gid: process.getgid(), groups: process.getgroups(),
  noNewPrivileges: status.NoNewPrivs, seccomp: status.Seccomp, capabilities: [status.CapEff, status.CapPrm, status.CapBnd],
  token: existsSync('/var/run/secrets/kubernetes.io/serviceaccount'),
  digest: 'sha256:' + createHash('sha256').update(readFileSync(process.argv[1])).digest('hex'),
}));
`;

/** The restricted security context is the kernel's, not only the manifest's. */
export function testSecurity(get: () => Deployed): void {
  test.each(CLASSES)('of $name run as nobody, read-only, without capabilities', async ({ name, model }) => {
    const { device, digits, serverPod } = get();
    const server = containerOf(await serverPod(name), 'server')!;
    const path = `/models/${model}/1/model.tflite`;
    const said = await device(name).exec(server, '/usr/local/bin/node', '-e', PROBE, path);
    expect(JSON.parse(said)).toEqual({
      root: 'EROFS',
      model: 'EROFS',
      config: 'EROFS',
      tmp: 'written',
      uid: 65_532,
      gid: 65_532,
      groups: [65_532],
      noNewPrivileges: '1',
      // A filter is on.
      seccomp: '2',
      capabilities: ['0000000000000000', '0000000000000000', '0000000000000000'],
      token: false,
      // What breakwater build made is what the server reads.
      digest: digits.lock.file.digest,
    });
  });
}
