// Images of the programs that pods of the reference fleets run, where those that the fleets name cannot be had.

import { readFileSync } from 'node:fs';
import { binaryPath } from '../../harness/build.ts';
import type { Image } from './registry.ts';

/** The real Prometheus, which trusts the receiver of the tests as it would trust one with a public certificate. */
export const prometheusImage = (certificate?: string): Image => ({
  files: {
    'bin/prometheus': binaryPath('prometheus'),
    ...(certificate === undefined ? {} : { 'etc/ssl/certs/ca-certificates.crt': readFileSync(certificate) }),
  },
  entrypoint: ['/bin/prometheus'],
});

/** Answers on a port of its own, and does nothing else. */
export const healthImage = (port: number): Image => ({
  files: { 'bin/device-tools': binaryPath('device-tools') },
  entrypoint: ['/bin/device-tools', 'health', `:${port}`],
});
