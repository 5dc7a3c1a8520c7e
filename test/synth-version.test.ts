import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../src/synth/manifests.ts';
import { addPullSecrets, labelPods, versionOf } from '../src/synth/version.ts';

const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'x' }] } };
const labelled = {
  metadata: { labels: { app: 'x', 'breakwater.dev/version': 'v1' } },
  spec: { containers: [{ name: 'x' }] },
};
const object = (kind: string, rest: object, apiVersion = 'apps/v1'): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'x' },
  ...rest,
});

describe('pod templates are found where kinds keep them', () => {
  test.each<[string, KubeObject, object]>([
    ['a Deployment', object('Deployment', { spec: { template } }), { spec: { template: labelled } }],
    [
      'a CronJob',
      object('CronJob', { spec: { jobTemplate: { spec: { template } } } }, 'batch/v1'),
      { spec: { jobTemplate: { spec: { template: labelled } } } },
    ],
    [
      'a kind of others',
      object('Rollout', { spec: { template } }, 'argoproj.io/v1alpha1'),
      { spec: { template: labelled } },
    ],
    [
      'a Pod',
      object('Pod', { spec: { containers: [] } }, 'v1'),
      { metadata: { name: 'x', labels: { 'breakwater.dev/version': 'v1' } } },
    ],
    [
      'a template without metadata',
      object('Job', { spec: { template: { spec: { containers: [] } } } }, 'batch/v1'),
      { spec: { template: { metadata: { labels: { 'breakwater.dev/version': 'v1' } } } } },
    ],
  ])('%s', (_what, given, expected) => {
    expect(labelPods([given], 'v1')[0]).toMatchObject(expected);
  });

  test.each<[string, KubeObject]>([
    ['a ConfigMap', object('ConfigMap', { data: { spec: 'x' } }, 'v1')],
    [
      'a template of something else',
      object('ExternalSecret', { spec: { template: { data: {} } } }, 'x.dev/v1'),
    ],
  ])('%s has none', (_what, given) => {
    expect(labelPods([given], 'v1')).toEqual([given]);
    expect(addPullSecrets([given], ['registry'])).toEqual([given]);
  });
});

describe('a version', () => {
  const deployment = object('Deployment', { spec: { replicas: 1, template } });
  const version = versionOf([deployment], {});

  test('says nothing of what restarts no pod', () => {
    expect(versionOf([object('Deployment', { spec: { replicas: 9, template } })], {})).toBe(version);
    expect(versionOf([deployment, object('Service', {}, 'v1')], {})).toBe(version);
  });

  test('changes with a template and with config', () => {
    const other = { ...template, spec: { containers: [{ name: 'y' }] } };
    expect(versionOf([object('Deployment', { spec: { replicas: 1, template: other } })], {})).not.toBe(
      version,
    );
    expect(versionOf([deployment], { app: { a: 'b' } })).not.toBe(version);
  });

  test('of a workload without pods is all its objects', () => {
    const chart = (values: string): KubeObject =>
      object('HelmChart', { spec: { values } }, 'helm.cattle.io/v1');
    expect(versionOf([chart('a')], {})).toBe(versionOf([chart('a')], {}));
    expect(versionOf([chart('a')], {})).not.toBe(versionOf([chart('b')], {}));
  });
});
