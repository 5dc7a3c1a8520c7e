import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { argocd, git, oci } from '../src/index.ts';
import type { ArgoCdDelivery, ArgoCdStep, FleetSpec } from '../src/fleet/spec.ts';
import { parseFleet } from '../src/fleet/parse.ts';
import { stepsOf, type RollingSyncStep } from '../src/gate/engines/rolling-sync.ts';
import { reachOf, requestsPerSecond } from '../src/plan/exposure.ts';
import { shardsOf } from '../src/plan/shards.ts';
import { SLICES } from '../src/plan/slices.ts';
import { planFleet } from '../src/plan/waves.ts';
import {
  bootstrapAdvice,
  bootstrapObjects,
  hubObjects,
  type KubeObject,
  synthFleet,
  toYaml,
} from '../src/synth/index.ts';
import { sampleFleet } from './support/sample-fleet.ts';

const SOURCE = git({ url: 'https://git.example.com/fleets.git', branch: 'main' });
const fleet = (delivery: Partial<ArgoCdDelivery> = {}, changes: Partial<FleetSpec> = {}): FleetSpec =>
  sampleFleet({ delivery: argocd({ source: SOURCE, interval: '3m', ...delivery }), ...changes });
const sets = (spec: FleetSpec): readonly KubeObject[] =>
  Object.values(hubObjects(planFleet(spec, undefined)));

const IDENTITY = { cluster: '0042', class: 'new', region: "the north's", slice: 'p020.00' };

/** What the ApplicationSet controller makes of a template for a cluster with the labels that bootstrap asks for. */
const render = (text: string): string =>
  text
    .replaceAll(/\{\{ \.name(Normalized)? \}\}/g, IDENTITY.cluster)
    .replaceAll('{{ .server }}', 'https://192.0.2.1:6443')
    .replaceAll(/\{\{ if hasKey \.metadata `annotations` \}\}(.*?)\{\{ end \}\}/g, '$1')
    .replaceAll(
      /\{\{ index \.metadata\.\w+ `sample\.breakwater\.dev\/(\w+)` \}\}/g,
      (_, key: 'slice') => IDENTITY[key],
    );

interface Application {
  readonly destination: { readonly server: string };
  readonly sources: readonly {
    readonly path: string;
    readonly kustomize?: { readonly patches: readonly { readonly patch: string }[] };
  }[];
}
const templateOf = (set: KubeObject): { metadata: KubeObject['metadata']; spec: Application } =>
  JSON.parse(render(JSON.stringify((set['spec'] as Record<string, unknown>)['template'])));

test('an ApplicationSet for each class makes an Application of the two pointers of a cluster, and tells it who it is', () => {
  const all = sets(fleet());
  expect(all.map(({ metadata }) => metadata.name)).toEqual(['sample.new', 'sample.old']);
  const { metadata, spec } = templateOf(all[0]!);
  expect(metadata.name).toBe('sample.0042');
  expect(spec.sources.map(({ path }) => path)).toEqual([
    'generated/sample/slices/p020.00/new',
    'generated/sample/slices/p020.00/new/release',
  ]);
  expect(JSON.parse(spec.sources[0]!.kustomize!.patches[0]!.patch)).toEqual([
    { op: 'add', path: '/data', value: IDENTITY },
  ]);
});

test('what bootstrap tells a hub', () => {
  const spec = fleet({ steps: [{ percent: 100 }] });
  expect(bootstrapObjects(spec, IDENTITY).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'Application sample',
  ]);
  expect(bootstrapAdvice(spec, IDENTITY).join('\n')).toMatchInlineSnapshot(`
    "apply it once to the hub, whose Argo CD (3.1 or later) has the cluster under the name 0042, then tell the hub who the cluster is:
    argocd cluster set 0042 --label sample.breakwater.dev/class=new --label sample.breakwater.dev/slice=p020.00 --annotation 'sample.breakwater.dev/region=the north'\\''s'
    the ApplicationSet controller runs with --enable-progressive-syncs: else all clusters sync at once"
  `);
});

test('in pull mode each cluster gets one Application that says everything, and nothing for a hub is written', () => {
  const spec = fleet({ mode: 'pull', source: oci({ url: 'oci://registry.example.com/fleets' }) });
  expect(sets(spec)).toEqual([]);
  // What flux pushes is of a type that Argo CD must be told to take.
  expect(bootstrapAdvice(spec, IDENTITY).at(-1)).toContain('application/vnd.cncf.flux.content.v1.tar+gzip');
  const [application] = bootstrapObjects(spec, IDENTITY);
  expect(toYaml(application!)).toMatchInlineSnapshot(`
    "apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata:
      labels:
        app.kubernetes.io/part-of: sample
      name: sample
      namespace: argocd
    spec:
      destination:
        namespace: sample
        server: https://kubernetes.default.svc
      project: default
      sources:
        - kustomize:
            patches:
              - patch: "[{\\"op\\":\\"add\\",\\"path\\":\\"/data\\",\\"value\\":{\\"class\\":\\"new\\",\\"cluster\\":\\"0042\\",\\"region\\":\\"the north's\\",\\"slice\\":\\"p020.00\\"}}]"
                target:
                  kind: ConfigMap
                  name: breakwater-identity
          path: generated/sample/slices/p020.00/new
          repoURL: oci://registry.example.com/fleets
          targetRevision: latest
        - path: generated/sample/slices/p020.00/new/release
          repoURL: oci://registry.example.com/fleets
          targetRevision: latest
      syncPolicy:
        automated:
          allowEmpty: false
          prune: true
          selfHeal: true
        retry:
          backoff:
            duration: 30s
            factor: 2
            maxDuration: 10m
          limit: -1
          refresh: true
        syncOptions:
          - ServerSideApply=true
    "
  `);
});

test('the frame is the namespace and the identity, the class already known', () => {
  const { files } = synthFleet(fleet())['new']!;
  expect([...files.keys()].filter((file) => file.startsWith('frame/'))).toEqual([
    'frame/identity.yaml',
    'frame/kustomization.yaml',
    'frame/namespace.yaml',
  ]);
  expect(files.get('frame/identity.yaml')).toContain('class: new\n');
  expect(files.get('frame/namespace.yaml')).toContain(
    'argocd.argoproj.io/sync-options: Prune=false,Delete=false',
  );
});

const percents = fc
  .uniqueArray(fc.nat(SLICES.length - 2), { maxLength: 6 })
  .map((places) =>
    [...places.toSorted((a, b) => a - b), SLICES.length - 1].map((at) => SLICES[at]!.to / 100),
  );

test('every cluster is in exactly one step of exactly one ApplicationSet, whatever the steps and the shards', () => {
  fc.assert(
    fc.property(percents, fc.integer({ min: 1, max: 5000 }), fc.nat(20_000), (percents, most, clusters) => {
      const steps: readonly ArgoCdStep[] = percents.map((percent) => ({ percent }));
      const spec = fleet(
        { steps, maxApplications: most },
        { inventory: [{ class: 'new', region: 'north', clusters, devicesPerCluster: 1 }] },
      );
      const shards = sets(spec)
        .filter(({ metadata }) => metadata.name.startsWith('sample.new'))
        .map((set) => set['spec'] as Shard);
      for (const { name } of SLICES) {
        const holding = shards.filter((shard) => selected(shard).includes(name));
        expect(holding).toHaveLength(1);
        const own = holding[0]!.strategy.rollingSync.steps;
        expect(stepsOf(own, { 'breakwater.dev/slice': name })).toHaveLength(1);
        // A step without Applications is a mistake to Argo CD.
        expect(own.every(({ matchExpressions: [one] }) => one!.values.length > 0)).toBe(true);
      }
    }),
    { numRuns: 40 },
  );
});

interface Shard {
  readonly generators: readonly [
    {
      readonly clusters: {
        readonly selector: { readonly matchExpressions: readonly [{ readonly values: readonly string[] }] };
      };
    },
  ];
  readonly strategy: { readonly rollingSync: { readonly steps: readonly RollingSyncStep[] } };
}
const selected = ({ generators }: Shard): readonly string[] =>
  generators[0].clusters.selector.matchExpressions[0].values;

test('20,000 clusters of one class make eight ApplicationSets below the limit, and a cluster more moves none', () => {
  const shards = (clusters: number) =>
    shardsOf(
      planFleet(
        fleet({}, { inventory: [{ class: 'new', region: 'north', clusters, devicesPerCluster: 1 }] }),
        undefined,
      ),
      'new',
    );
  expect(shards(20_000).map((slices) => slices.at(-1))).toMatchInlineSnapshot(`
    [
      "p015.00",
      "p025.00",
      "p040.00",
      "p050.00",
      "p065.00",
      "p075.00",
      "p090.00",
      "p100.00",
    ]
  `);
  expect(shards(20_001)).toEqual(shards(20_000));
  expect(shards(4500)).toHaveLength(1);
  expect(shards(4501)).toHaveLength(2);
});

test('a manual gate is a step that updates nobody', () => {
  const [set] = sets(fleet({ steps: [{ percent: 1 }, { percent: 100, maxUpdate: 0 }] }));
  expect((set!['spec'] as Shard).strategy.rollingSync.steps.map(({ maxUpdate }) => maxUpdate)).toEqual([
    undefined,
    0,
  ]);
});

test('one hub asks for all clusters; in pull mode each asks for itself', () => {
  const source = { source: SOURCE, interval: '100s' };
  expect(requestsPerSecond(5000, argocd(source))).toBe(0.01);
  expect(requestsPerSecond(5000, argocd({ ...source, mode: 'pull' }))).toBe(50);
  expect(reachOf(argocd({ ...source, steps: [{ percent: 100 }] }))).toEqual({
    sourceMs: 160_000,
    healthMs: 0,
    totalMs: 160_000,
    steps: 1,
  });
});

test.each<[string, Partial<ArgoCdDelivery>]>([
  ['credentials', { source: { ...SOURCE, secretRef: 'git' } }],
  ['steps without a hub', { mode: 'pull', steps: [{ percent: 100 }] }],
  ['steps that do not rise, and leave somebody out', { steps: [{ percent: 10 }, { percent: 10 }] }],
  ['a share that is none', { steps: [{ percent: 100, maxUpdate: '25' }] }],
])('a definition is refused for %s', async (what, delivery) => {
  const problems = await parseFleet(fleet(delivery), 'fleets/x.ts').then(
    () => 'none',
    (error: Error) => error.message,
  );
  expect({ [what]: problems.split('\n').slice(1) }).toMatchSnapshot();
});
