import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { CheckReport } from '../src/check/finding.ts';
import { run } from './cli/run.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

async function validate(fleet: string): Promise<{ status: number; report: CheckReport }> {
  const { status, stdout } = await run(root, ['validate', fleet, '--format', 'json']);
  return { status, report: JSON.parse(stdout) as CheckReport };
}

test('the naive rollout is refused with every finding one would hope for', async () => {
  const { status, report } = await validate('test/fixtures/naive-rollout.ts');
  expect(status).toBe(1);
  const lines = report.findings.map(
    ({ severity, rule, message, fix, path }) => `${severity} ${rule} at ${path}: ${message}; fix: ${fix}`,
  );
  expect(lines).toMatchInlineSnapshot(`
    [
      "error ceiling-not-alone at /rollout/gate/detect: a ceiling of 5 % sees no rise below 4.5 points over a baseline of 0.5 %, and detect of 4.5 points looks for none: up to 45,000 of 1,000,000 devices would fail unseen; fix: set gate.detect to 0.01 or less, and keep the ceiling for the worst",
      "error fits-memory at /classes/board/memory: pods may take 640Mi of memory on a server of class board, 409Mi are left: 2048Mi less 1383Mi for K3s as its authors measured a server less 256Mi for Flux; DaemonSet "inference" 640Mi; fix: lower the limits by 231Mi, or declare what K3s takes on this device if you measured it: k3sMemory",
      "error image-digest at /spec/template/spec/containers/0/image: container "server" names image tensorflow/serving:latest without a digest; fix: pin it: tensorflow/serving@sha256:<64 hex digits>",
      "error image-digest at /spec/template/spec/initContainers/0/image: sidecar "telemetry" names image prom/prometheus:latest without a digest; fix: pin it: prom/prometheus@sha256:<64 hex digits>",
      "error image-digest at /spec/template/spec/volumes/0/image/reference: volume "model" names image registry.example.com/models/detector:latest without a digest; fix: pin it: registry.example.com/models/detector@sha256:<64 hex digits>",
      "error interval-minimum at /delivery/interval: an interval of 30s is below Flux's minimum of 1m; fix: set delivery.interval to 1m or more",
      "error promotion-limited at /rollout: wave all moves 900,000 devices at once: 100 % after 10 %, with no maxDevicesPerPromotion; fix: set budget.maxDevicesPerPromotion, to 50_000 or more: the largest slice of a class in that wave",
      "error reference-exists at /spec/template/spec/volumes/5/secret: pod names Secret "remote-write", which is neither generated nor declared external; fix: generate it, or declare it: external: { secrets: ['remote-write'] }",
      "error silence-counts at /rollout/gate: no overdueAfter: a device that a release has silenced counts neither as good nor as bad; fix: set gate.overdueAfter to the longest silence that is normal, for example '6h'",
      "error silence-counts at /rollout/gate/offline/treatAs: offline devices are excluded: a release that silences every device it reaches leaves nothing to count; fix: set gate.offline.treatAs to 'overdue'",
      "error soak-covers-window at /rollout/waves/0: wave one has no soak: wave ten may follow at once; fix: set the soak of wave one to 5m at least, a day for the first wave of real use",
      "error soak-covers-window at /rollout/waves/1: wave ten has no soak: wave all may follow at once; fix: set the soak of wave ten to 5m at least, a day for the first wave of real use",
      "error source-answers at /delivery/interval: 667 requests per second from 20,000 clusters asking every 30s; github.com answers 15; fix: set delivery.interval to 23m or more",
      "warning budget-set at /rollout: no maxHarmedDevices: nothing says whether the 10,000 devices of wave one may be lost; fix: set budget.maxHarmedDevices to the number of devices that the business can do without",
      "warning correlation-declared at /rollout/gate: no correlation is declared, so 0.1 in a cluster is taken: in wave one 10,000 devices of class board tell as much as 1,695 that stand alone; fix: set gate.correlation to { cluster: 0.1 }, or to what you have measured over some weeks",
      "warning first-soak-day at /rollout/waves/0: wave one soaks 0s, less than a day; fix: set the soak of wave one to 24h or more",
      "warning tensorflow-serving-amd64 at /workloads/inference/server: inference serves with TensorFlow Serving on class board, which is arm64: its official image is amd64 only; fix: write server: byClass({ … }) with a breakwaterServer for class board, or accept this with the reason that the image is your own build",
      "advice source-clones at /delivery/source: 20,000 clusters clone the repository at every commit of main; fix: publish generated/ as an OCI artifact and write source: oci({ url }); paths stay the same",
    ]
  `);
});

test('the same story done right passes, with 1, 10 and 100 % and a ceiling of 5 %', async () => {
  const { status, report } = await validate('hello-edge');
  expect({ status, errors: report.counts.errors, warnings: report.counts.warnings }).toEqual({
    status: 0,
    errors: 0,
    warnings: 0,
  });
});
