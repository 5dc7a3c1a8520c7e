import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkFiles } from '../src/check/check.ts';
import { loadFiles } from '../src/check/load-files.ts';
import { rules } from '../src/rules/index.ts';

const cwd = fileURLToPath(new URL('fixtures/', import.meta.url));
const report = await checkFiles(loadFiles(['naive-pod.yaml'], cwd), { rules });

test('the naive pod is refused with every finding one would hope for', () => {
  const lines = report.findings.map(({ severity, rule, message, fix, locations }) => {
    const [at] = locations;
    return `${at!.line}:${at!.column} ${severity} ${rule}: ${message}; fix: ${fix}`;
  });
  expect(lines).toMatchInlineSnapshot(`
    [
      "11:7 error image-digest: container "tensorflow-serving" names image tensorflow/serving:latest without a digest; fix: pin it: tensorflow/serving@sha256:<64 hex digits>",
      "24:7 error image-digest: container "telemetry" names image prometheus-agent:latest without a digest; fix: pin it: prometheus-agent@sha256:<64 hex digits>",
      "10:7 error image-pull-policy: container "tensorflow-serving" asks the registry at every start: imagePullPolicy defaults to Always for tensorflow/serving:latest; fix: pin the image by digest and set imagePullPolicy to IfNotPresent",
      "23:7 error image-pull-policy: container "telemetry" asks the registry at every start: imagePullPolicy defaults to Always for prometheus-agent:latest; fix: pin the image by digest and set imagePullPolicy to IfNotPresent",
      "23:7 error memory-set: container "telemetry" has neither memory request nor memory limit; fix: set resources.requests.memory and resources.limits.memory to what it needs at most",
      "3:1 error pod-controlled: pod stands alone: no controller makes it again, updates it or runs it on other devices; fix: make it the template of a DaemonSet, or of a Deployment where one per cluster is enough",
      "21:11 error volume-mount: container "tensorflow-serving" mounts volume "model" at /models/quantized_model in a pod which has none; fix: add the volume to the pod's volumes with its source, or drop the mount",
      "10:7 warning pod-security: container "tensorflow-serving" is not restricted: may run as root, may gain privileges, keeps its capabilities, no seccompProfile; fix: set runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } and seccompProfile: { type: RuntimeDefault }",
      "23:7 warning pod-security: container "telemetry" is not restricted: may run as root, may gain privileges, keeps its capabilities, no seccompProfile; fix: set runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } and seccompProfile: { type: RuntimeDefault }",
      "10:7 warning readiness-probe: container "tensorflow-serving" serves a port and has no readinessProbe; fix: add a readinessProbe that succeeds only once the model is loaded, such as GET /v1/models/<name>",
      "23:7 warning readiness-probe: container "telemetry" serves a port and has no readinessProbe; fix: add a readinessProbe that succeeds only once the model is loaded, such as GET /v1/models/<name>",
    ]
  `);
});

test('rules that need a fleet are counted as not evaluated', () => {
  const { findings: _findings, notEvaluated, counts } = report;
  expect({ files: counts.files, objects: counts.objects }).toEqual({ files: 1, objects: 1 });
  const needFleet = rules.filter(({ on }) => ['fleet', 'class', 'rollout', 'change'].includes(on));
  expect(notEvaluated.map(({ rule }) => rule)).toEqual(needFleet.map(({ id }) => id));
});
