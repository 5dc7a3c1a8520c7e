import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { KubeObject } from '../../../src/synth/manifests.ts';
import { startControlPlane } from '../../harness/control-plane.ts';
import { installCrds } from '../../harness/install-crds.ts';
import { describeCluster, runFolder } from '../cluster-test.ts';

const generated = fileURLToPath(new URL('../../../generated/', import.meta.url));

describeCluster('the PrometheusRules', () => {
  test('are accepted by a real API server, with every field kept', async () => {
    const plane = await startControlPlane({ folder: runFolder, name: 'prometheus-rules' });
    try {
      await installCrds(plane.api, ({ spec }) => spec.group === 'monitoring.coreos.com');
      let accepted = 0;
      for (const fleet of readdirSync(generated)) {
        for (const name of ['rules', 'rollout']) {
          const text = readFileSync(`${generated}${fleet}/monitoring/kubernetes/${name}.yaml`, 'utf8');
          const { metadata, ...object } = parse(text) as KubeObject;
          const { body, warnings } = await plane.api.apply({
            ...object,
            metadata: { ...metadata, namespace: 'default' },
          });
          expect([fleet, name, warnings]).toEqual([fleet, name, []]);
          expect(body['spec']).toEqual(object['spec']);
          accepted += 1;
        }
      }
      expect(accepted).toBe(10);
    } finally {
      await plane.stop();
    }
  });
});
