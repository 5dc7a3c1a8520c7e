import { ApiObject, App, Chart, Lazy, Size } from 'cdk8s';
import { ClusterRole, Cpu, Deployment, type IRole, RoleBinding, ServiceAccount } from 'cdk8s-plus-28';
import { describe, expect, test } from 'vitest';
import { UserError } from '../src/errors.ts';
import type { ConstructWorkload, FleetSpec } from '../src/fleet/spec.ts';
import { synthFleet } from '../src/synth/index.ts';
import type { KubeObject, Release } from '../src/synth/manifests.ts';
import { image, sampleFleet } from './support/sample-fleet.ts';

const withWorkload = (own: ConstructWorkload, rest: Partial<FleetSpec> = {}): FleetSpec =>
  sampleFleet({ workloads: { own }, ...rest });

const release = (own: ConstructWorkload, rest: Partial<FleetSpec> = {}): Release =>
  synthFleet(withWorkload(own, rest))['new']!;

const made = (own: ConstructWorkload, rest: Partial<FleetSpec> = {}): readonly KubeObject[] =>
  release(own, rest)
    .objects.filter(({ workload, file }) => workload === 'own' && file.startsWith('objects/'))
    .map(({ object }) => object);

const object =
  (kind: string, name: string, rest: object = {}, apiVersion = 'v1'): ConstructWorkload =>
  (scope) =>
    new ApiObject(scope, 'x', { apiVersion, kind, metadata: { name }, ...rest });

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `error[${error.code}]: ${error.message}\n  fix: ${error.hint}`;
  }
  throw new Error('nothing was refused');
}

const inPod = (name: string): object => ({
  spec: { template: { spec: { containers: [], volumes: [{ name: 'c', configMap: { name } }] } } },
});

describe('plain cdk8s', () => {
  test('a Deployment of cdk8s-plus comes out as it would from cdk8s, with the version on its pods', () => {
    const build: ConstructWorkload = (scope) =>
      new Deployment(scope, 'web', {
        replicas: 1,
        containers: [
          {
            image: image('web'),
            resources: { cpu: { limit: Cpu.millis(100) }, memory: { limit: Size.mebibytes(64) } },
          },
        ],
      });
    const chart = new Chart(new App(), 'own', { namespace: 'sample' });
    build(chart, undefined as never);
    const [ours] = made(build);
    const { version } = release(build).versions as unknown as { version: undefined };
    expect(version).toBeUndefined();
    const spec = ours!['spec'] as { template: { metadata: { labels: Record<string, string> } } };
    expect(spec.template.metadata.labels['breakwater.dev/version']).toBe(release(build).versions['own']);
    delete spec.template.metadata.labels['breakwater.dev/version'];
    expect([ours]).toEqual(chart.toJson());
  });

  test('values that are known late are resolved', () => {
    const late: ConstructWorkload = (scope) => {
      const names: string[] = [];
      new ApiObject(scope, 'x', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'late' },
        data: { names: Lazy.any({ produce: () => names.join() }) },
      });
      names.push('a', 'b');
    };
    expect(made(late)[0]!['data']).toEqual({ names: 'a,b' });
  });

  test('fields that are newer than cdk8s-plus stay', () => {
    const pod = { spec: { volumes: [{ name: 'm', image: { reference: image('m') } }], newer: { x: 1 } } };
    expect(made(object('Pod', 'p', pod))[0]!['spec']).toMatchObject(pod.spec);
  });

  test('a list is taken apart', () => {
    const items = ['a', 'b'].map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } }));
    expect(made(object('List', 'l', { items })).map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
  });

  test('secrets for pulling are on pods that name none', () => {
    const pod = (name: string, spec: object): ConstructWorkload =>
      object('Deployment', name, { spec: { template: { spec: { containers: [], ...spec } } } }, 'apps/v1');
    const external = { imagePullSecrets: ['registry'] };
    const secrets = (own: ConstructWorkload): unknown =>
      (
        made(own, { external })[0] as unknown as {
          spec: { template: { spec: { imagePullSecrets: unknown } } };
        }
      ).spec.template.spec.imagePullSecrets;
    expect(secrets(pod('a', {}))).toEqual([{ name: 'registry' }]);
    expect(secrets(pod('b', { imagePullSecrets: [{ name: 'mine' }] }))).toEqual([{ name: 'mine' }]);
  });

  test('it runs once for each class, and is told which', () => {
    const seen: unknown[] = [];
    synthFleet(
      withWorkload((_scope, context) => {
        const { configMap: _, device, ...rest } = context;
        seen.push({ ...rest, arch: device.arch });
      }),
    );
    expect(seen).toEqual([
      {
        fleet: 'sample',
        class: 'new',
        namespace: 'sample',
        workload: 'own',
        identity: 'breakwater-identity',
        arch: 'amd64',
      },
      {
        fleet: 'sample',
        class: 'old',
        namespace: 'sample',
        workload: 'own',
        identity: 'breakwater-identity',
        arch: 'arm64',
      },
    ]);
  });
});

describe('namespaces', () => {
  const crd = (scope: string): object => ({
    spec: { group: 'x.dev', scope, names: { kind: 'Thing', plural: 'things' } },
  });
  test.each<[string, ConstructWorkload, string | undefined]>([
    ['a ConfigMap that names none', object('ConfigMap', 'a'), 'sample'],
    [
      'an object that names another',
      object('ConfigMap', 'a', { metadata: { name: 'a', namespace: 'kube-system' } }),
      'kube-system',
    ],
    ['a ClusterRole', object('ClusterRole', 'a', {}, 'rbac.authorization.k8s.io/v1'), undefined],
    ['a kind nobody knows', object('Thing', 'a', {}, 'x.dev/v1'), 'sample'],
    [
      'a kind nobody knows, said to live in none',
      object('Thing', 'a', { metadata: { name: 'a', namespace: '' } }, 'x.dev/v1'),
      undefined,
    ],
  ])('%s', (_what, own, namespace) => {
    expect(made(own)[0]!.metadata.namespace).toBe(namespace);
  });

  test('a kind that a definition beside it places in none', () => {
    const own: ConstructWorkload = (scope) => {
      new ApiObject(scope, 'd', {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'things.x.dev' },
        ...crd('Cluster'),
      });
      new ApiObject(scope, 't', { apiVersion: 'x.dev/v1', kind: 'Thing', metadata: { name: 't' } });
    };
    expect(made(own).map(({ metadata }) => metadata.namespace)).toEqual([undefined, undefined]);
  });

  test('what constructs say about each other names the namespace', () => {
    const own: ConstructWorkload = (scope) => {
      const account = new ServiceAccount(scope, 'account');
      const role = new ClusterRole(scope, 'role');
      const binding = new RoleBinding(scope, 'binding', { role: role as IRole });
      binding.addSubjects(account);
    };
    const binding = made(own).find(({ kind }) => kind === 'RoleBinding')!;
    expect(binding['subjects']).toMatchObject([{ kind: 'ServiceAccount', namespace: 'sample' }]);
  });
});

describe('immutable ConfigMaps', () => {
  const mounting =
    (
      data: Readonly<Record<string, string>>,
      more: Readonly<Record<string, string>> = {},
    ): ConstructWorkload =>
    (scope, { configMap }) => {
      const name = configMap('app', data);
      if (Object.keys(more).length > 0) configMap('more', more);
      new ApiObject(scope, 'x', {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'x' },
        ...inPod(name),
      });
    };

  test('the name to mount is that of the ConfigMap, and of nothing else', () => {
    const { objects, configs } = release(mounting({ a: '1' }, { b: '2' }));
    expect(configs).toEqual([expect.stringMatching(/^own-c[0-9a-f]{12}$/)]);
    const maps = objects.filter(({ file }) => file.startsWith('config/'));
    expect(maps.map(({ object: { metadata } }) => metadata.name)).toEqual([
      `own-app-${configs[0]!.slice(4)}`,
      `own-more-${configs[0]!.slice(4)}`,
    ]);
    expect(maps[0]!.object).toMatchObject({
      immutable: true,
      data: { a: '1' },
      metadata: { namespace: 'sample' },
    });
    expect(JSON.stringify(objects.find(({ object }) => object.kind === 'Deployment'))).toContain(
      `own-app-${configs[0]!.slice(4)}"`,
    );
  });

  test('other data is another name and another version', () => {
    const [a, b] = [release(mounting({ a: '1' })), release(mounting({ a: '2' }))];
    expect(a.configs).not.toEqual(b.configs);
    expect(a.versions).not.toEqual(b.versions);
  });

  test('the order in which objects are made changes no version', () => {
    const build =
      (...order: readonly string[]): ConstructWorkload =>
      (scope) => {
        for (const name of order) {
          const pods = { spec: { template: { spec: { containers: [{ name }] } } } };
          new ApiObject(scope, name, {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            metadata: { name },
            ...pods,
          });
        }
      };
    expect(release(build('a', 'b')).id).toBe(release(build('b', 'a')).id);
    expect(release(build('a', 'b')).versions).not.toEqual(release(build('a', 'c')).versions);
  });

  test('the order of calls and keys does not matter', () => {
    const build =
      (...order: readonly string[]): ConstructWorkload =>
      (_scope, { configMap }) => {
        for (const name of order) configMap(name, { [name]: '1' });
      };
    expect(release(build('a', 'b')).configs).toEqual(release(build('b', 'a')).configs);
  });

  const wrong: readonly (readonly [string, ConstructWorkload])[] = [
    ['a name that is none', (_scope, { configMap }) => configMap('A b', {})],
    ['a key that is none', (_scope, { configMap }) => configMap('a', { 'x/y': '' })],
    ['a number', (_scope, { configMap }) => configMap('a', { x: 1 as unknown as string })],
    ['too many bytes', (_scope, { configMap }) => configMap('a', { x: 'x'.repeat(2 ** 20) })],
    ['two of one name', (_scope, { configMap }) => [configMap('a', { x: '1' }), configMap('a', { x: '2' })]],
  ];
  test('what is no ConfigMap is refused', () => {
    const refused = wrong.map(([what, own]) => `${what}\n${refusal(() => release(own))}`);
    expect(refused.join('\n\n')).toMatchInlineSnapshot(`
      "a name that is none
      error[FLEET_SYNTH]: configMap("A b") of workload "own" is no part of a name
        fix: use lower-case letters, digits and "-"

      a key that is none
      error[FLEET_SYNTH]: configMap("a") of workload "own" has the key "x/y"
        fix: use letters, digits, "-", "_" and "."

      a number
      error[FLEET_SYNTH]: configMap("a") of workload "own" has number under "x"
        fix: write a string

      too many bytes
      error[FLEET_SYNTH]: configMap("a") of workload "own" holds 1048577 bytes, of at most 1048576
        fix: put large files into an image

      two of one name
      error[FLEET_SYNTH]: configMap("a") of workload "own" is made twice with different data
        fix: give each its own name"
    `);
  });
});

describe('what goes wrong in a workload', () => {
  const normal = (text: string): string =>
    text.replaceAll(
      /at .*?\(?(file:\/\/)?\/.*?\/test\/constructs\.test\.ts:\d+:\d+\)?/g,
      'at <its own line>',
    );

  const wrong: readonly (readonly [string, ConstructWorkload])[] = [
    [
      'it throws',
      () => {
        throw new Error('no such camera');
      },
    ],
    [
      'it throws something that is no error',
      () => {
        throw 'no such camera' as unknown;
      },
    ],
    [
      'it is asynchronous',
      async () => {
        await Promise.resolve();
      },
    ],
    [
      'a late value throws',
      (scope) =>
        new ApiObject(scope, 'x', {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          data: Lazy.any({
            produce: () => {
              throw new Error('too late');
            },
          }),
        }),
    ],
    [
      'a value is no JSON',
      (scope) =>
        new ApiObject(scope, 'x', {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'x' },
          data: { at: new Date(0) },
        }),
    ],
    ['a number is none', object('ConfigMap', 'x', { data: { at: Number.NaN } })],
    ['it validates itself', (scope) => scope.node.addValidation({ validate: () => ['a camera is missing'] })],
    [
      'two objects of one name',
      (scope) => {
        for (const id of ['a', 'b'])
          new ApiObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'same' } });
      },
    ],
    [
      'an object without a kind',
      (scope) =>
        new ApiObject(scope, 'x', {
          apiVersion: 'v1',
          kind: undefined as unknown as string,
          metadata: { name: 'x' },
        }),
    ],
  ];
  test('it is told with its line', () => {
    const refused = wrong.map(([what, own]) => `${what}\n${normal(refusal(() => release(own)))}`);
    expect(refused.join('\n\n')).toMatchInlineSnapshot(`
      "it throws
      error[FLEET_SYNTH]: workload "own" of fleet "sample" cannot be synthesized for class "new": no such camera
          at <its own line>
        fix: fix what the workload's construct does at that line

      it throws something that is no error
      error[FLEET_SYNTH]: workload "own" of fleet "sample" cannot be synthesized for class "new": no such camera
        fix: fix what the workload's construct does

      it is asynchronous
      error[FLEET_SYNTH]: workload "own" of fleet "sample" returns a promise, and what it adds later would be lost
        fix: fetch what it needs before defineFleet, with await at the top of the file

      a late value throws
      error[FLEET_SYNTH]: workload "own" of fleet "sample" cannot be synthesized for class "new": Failed serializing construct at path 'own/x' with name 'own-x-c8e2b4aa': Error: too late
        fix: fix what the workload's construct does

      a value is no JSON
      error[FLEET_SYNTH]: workload "own" of fleet "sample" cannot be synthesized for class "new": Failed serializing construct at path 'own/x' with name 'x': Error: can't render non-simple object of type 'Date'
        fix: fix what the workload's construct does

      a number is none
      error[FLEET_SYNTH]: NaN is no number to Kubernetes
        fix: check what computes it

      it validates itself
      error[FLEET_SYNTH]: workload "own" of fleet "sample" cannot be synthesized for class "new": Validation failed with the following errors:
        [own] a camera is missing
        fix: fix what the workload's construct does

      two objects of one name
      error[FLEET_SYNTH]: ConfigMap same is made twice for class "new", by workload "own"
        fix: give one of them another name

      an object without a kind
      error[FLEET_SYNTH]: workload "own" makes an object without apiVersion, kind or metadata.name for class "new": {"apiVersion":"v1","metadata":{"name":"x","namespace":"sample"}}
        fix: give it all three"
    `);
  });

  test('two workloads that make one object', () => {
    const own = object('ConfigMap', 'same');
    expect(refusal(() => synthFleet(sampleFleet({ workloads: { a: own, b: own } })))).toMatchInlineSnapshot(`
      "error[FLEET_SYNTH]: ConfigMap same is made twice for class "new", by workload "a" and workload "b"
        fix: give one of them another name"
    `);
  });
});

test('objects whose file names would be the same get different ones', () => {
  const own: ConstructWorkload = (scope) => {
    for (const namespace of ['a', 'b']) {
      new ApiObject(scope, namespace, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'same', namespace },
      });
    }
    new ApiObject(scope, 'c', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'system:X' },
    });
  };
  expect(
    release(own)
      .objects.map(({ file }) => file)
      .filter((file) => file.startsWith('objects/')),
  ).toMatchInlineSnapshot(`
    [
      "objects/configmap-same-44d333.yaml",
      "objects/configmap-same-51a474.yaml",
      "objects/role-system_x.yaml",
    ]
  `);
});
