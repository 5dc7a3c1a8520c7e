import { expect, test } from 'vitest';
import { loadSchemas, NEWEST_MINOR } from '../src/check/schema-set.ts';
import { structureProblems } from '../src/check/structure.ts';
import type { KubeObject } from '../src/synth/manifests.ts';

const newest = (await loadSchemas(NEWEST_MINOR))!;
const oldest = (await loadSchemas('1.34'))!;

const problems = (object: KubeObject, schemas = newest): readonly string[] =>
  structureProblems(object, schemas.find(object.apiVersion, object.kind)!, schemas).map((problem) => {
    if (problem.is === 'unknown') return `${problem.path} is unknown, meant ${problem.near}`;
    if (problem.is === 'missing') return `${problem.path} lacks ${problem.field}`;
    const wanted = problem.is === 'type' ? problem.wanted : problem.choices;
    return `${problem.path} is ${JSON.stringify(problem.value)}, not ${wanted.join(' or ')}`;
  });

const daemonSet = (container: object): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'x' },
  spec: {
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', ...container }] } },
  },
});

test('a misspelt field of a container is unknown, and the right one is named', () => {
  expect(problems(daemonSet({ imagePullpolicy: 'Always' }))).toEqual([
    '/spec/template/spec/containers/0/imagePullpolicy is unknown, meant imagePullPolicy',
  ]);
});

test('a port in quotes is no number, and a pull policy in lower case no choice', () => {
  expect(problems(daemonSet({ ports: [{ containerPort: '80' }], imagePullPolicy: 'always' }))).toEqual([
    '/spec/template/spec/containers/0/ports/0/containerPort is "80", not integer',
    '/spec/template/spec/containers/0/imagePullPolicy is "always", not Always or IfNotPresent or Never',
  ]);
});

test('a quantity may be a number or a text, and a probe may name its port', () => {
  const resources = { limits: { cpu: 1, memory: '64Mi' } };
  expect(problems(daemonSet({ resources, readinessProbe: { httpGet: { port: 'http' } } }))).toEqual([]);
});

test('a custom resource lacks what its definition requires, unless the server fills it in', () => {
  const kustomization = {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'x', labels: { a: 'b' } },
    spec: { interval: '10m', sourceRef: { kind: 'GitRepository', name: 'x' } },
  };
  expect(problems(kustomization)).toEqual(['/spec lacks prune']);
});

test('null means not given in built-in kinds, and is refused in custom ones', () => {
  expect(problems(daemonSet({ command: null }))).toEqual([]);
  const plan = {
    apiVersion: 'upgrade.cattle.io/v1',
    kind: 'Plan',
    metadata: { name: 'x', labels: { a: null } },
    spec: { upgrade: { image: null } },
  } as unknown as KubeObject;
  expect(problems(plan)).toEqual(['/spec/upgrade/image is null, not string']);
});

test('each minor has its own kinds', () => {
  expect(newest.minor).toBe('1.37');
  expect(oldest.find('apps/v1', 'DaemonSet')).toBeDefined();
  expect(oldest.find('admissionregistration.k8s.io/v1', 'MutatingAdmissionPolicy')).toBeUndefined();
  expect(oldest.elsewhere('admissionregistration.k8s.io/v1', 'MutatingAdmissionPolicy')).toEqual([
    '1.36',
    '1.37',
  ]);
  expect(oldest.versionsOf('CronJob')).toEqual(['batch/v1']);
});

test('there are no schemas of a minor that nobody asked a server for', async () => {
  expect(await loadSchemas('1.20')).toBeUndefined();
});
