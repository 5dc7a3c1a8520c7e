import { expect, test } from 'vitest';
import { checkFleet, mergeReports } from '../src/check/check.ts';
import { defineRule, type Rule } from '../src/check/rule.ts';
import { exampleContainer, exampleDaemonSet } from '../src/rules/example-objects.ts';
import { rules } from '../src/rules/index.ts';
import { exampleInputs } from './example-release.ts';

const few = rules.filter(({ id }) => /^(image-digest|memory-set|ignore-.*|image-architecture)$/.test(id));
const today = '2026-11-25';
const untagged = exampleDaemonSet({ containers: [exampleContainer({ image: 'server:1' })] });

type Inputs = Parameters<typeof checkFleet>[0];
const check = (inputs: Inputs, only: readonly Rule[] = few): ReturnType<typeof checkFleet> =>
  checkFleet(inputs, { rules: only, today });

/** Rule, message, devices and, where it is accepted, the reason. */
const lines = async (inputs: Inputs): Promise<readonly string[]> =>
  (await check(inputs)).findings.map(({ rule, message, affected, suppressed }) =>
    [
      rule,
      message,
      ...(affected ? [`${affected.devices} devices`] : []),
      ...(suppressed ? [`accepted: ${suppressed.reason}`] : []),
    ].join('; '),
  );

test('the same finding in two classes is one, with both places and the devices of both', async () => {
  const { findings } = await check(exampleInputs([untagged]));
  expect(findings).toMatchInlineSnapshot(`
    [
      {
        "affected": {
          "clusters": 100500,
          "devices": 101000,
        },
        "fingerprint": "91fc3e2cbc201f06",
        "fix": "pin it: server@sha256:<64 hex digits>",
        "fleet": "example",
        "locations": [
          {
            "file": "fleets/example.ts",
            "role": "source",
          },
          {
            "column": 11,
            "file": "generated/example/releases/n100/r111111111111/objects/daemonset-inference.yaml",
            "line": 22,
            "role": "generated",
          },
          {
            "column": 11,
            "file": "generated/example/releases/orin-nano/r222222222222/objects/daemonset-inference.yaml",
            "line": 22,
            "role": "generated",
          },
        ],
        "message": "container "server" names image server:1 without a digest",
        "object": "DaemonSet/store-cameras/inference",
        "path": "/spec/template/spec/containers/0/image",
        "rule": "image-digest",
        "severity": "error",
        "why": "A tag can name another image tomorrow: devices that pull at different times run different code, no rollback brings the old one back, and evidence from the canary says nothing about the rest.",
      },
    ]
  `);
});

test('what no rule could judge is counted with its reason, once for both classes', async () => {
  const { notEvaluated, counts } = await check(exampleInputs([exampleDaemonSet()]), [
    ...few,
    ...rules.filter(({ id }) => id === 'rollout-state' || id === 'salt-kept'),
  ]);
  expect({ notEvaluated, counts }).toMatchInlineSnapshot(`
    {
      "counts": {
        "advice": 0,
        "errors": 0,
        "files": 2,
        "fleets": 1,
        "notEvaluated": 3,
        "objects": 2,
        "suppressed": 0,
        "warnings": 0,
      },
      "notEvaluated": [
        {
          "fleet": "example",
          "reason": "platforms of registry.example.com/server@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08: it has no entry in images.lock.json",
          "rule": "image-architecture",
        },
        {
          "fleet": "example",
          "reason": "there is no rollout file yet",
          "rule": "rollout-state",
        },
        {
          "fleet": "example",
          "reason": "there is no reference to compare with",
          "rule": "salt-kept",
        },
      ],
    }
  `);
});

const reason = 'the registry never moves its tags';

test('a fleet accepts a finding with a reason', async () => {
  const inputs = exampleInputs([untagged], { fleet: [{ rule: 'image-digest', reason }] });
  expect(await lines(inputs)).toMatchInlineSnapshot(`
    [
      "image-digest; container "server" names image server:1 without a digest; 101000 devices; accepted: the registry never moves its tags",
    ]
  `);
  expect((await check(inputs)).counts).toMatchObject({ errors: 0, suppressed: 1 });
});

test('a class accepts what is found in its release alone', async () => {
  const inputs = exampleInputs([untagged], { orin: [{ rule: 'image-digest', reason, until: today }] });
  expect(await lines(inputs)).toMatchInlineSnapshot(`
    [
      "image-digest; container "server" names image server:1 without a digest; 100000 devices",
      "image-digest; container "server" names image server:1 without a digest; 1000 devices; accepted: the registry never moves its tags",
    ]
  `);
});

const path = '/spec/template/spec/containers/0';
const accepting = (below: string): Inputs =>
  exampleInputs([untagged], { inference: [{ rule: 'image-digest', path: below, reason }] });

test('a workload accepts what is found in its objects, at or below a path', async () => {
  expect(await lines(accepting(path))).toMatchInlineSnapshot(`
    [
      "image-digest; container "server" names image server:1 without a digest; 101000 devices; accepted: the registry never moves its tags",
    ]
  `);
  expect(await lines(accepting(`${path}0`))).toMatchInlineSnapshot(`
    [
      "image-digest; container "server" names image server:1 without a digest; 101000 devices",
      "ignore-unused; ignore of image-digest at /spec/template/spec/containers/00 accepts nothing",
    ]
  `);
});

test('an entry that is unknown, unused or past its last day is a finding itself', async () => {
  const inputs = exampleInputs([untagged], {
    fleet: [
      { rule: 'image-digests', reason },
      { rule: 'image-digest', reason, until: '2026-11-24' },
    ],
    inference: [{ rule: 'memory-set', reason }],
    orin: [{ rule: 'image-architecture', reason }],
  });
  expect(await lines(inputs)).toMatchInlineSnapshot(`
    [
      "ignore-unknown; ignore names rule "image-digests", which does not exist",
      "image-digest; container "server" names image server:1 without a digest; 101000 devices",
      "ignore-expired; ignore of image-digest ended on 2026-11-24",
      "ignore-unused; ignore of memory-set accepts nothing",
    ]
  `);
});

test('a rule that throws is our bug, named by its id', async () => {
  const broken = defineRule({
    ...rules.find(({ id }) => id === 'image-digest')!,
    id: 'broken',
    check: () => {
      throw new TypeError('x is undefined');
    },
  });
  await expect(check(exampleInputs([]), [broken])).rejects.toThrow(
    'rule broken failed on n100: TypeError: x is undefined',
  );
});

test('the same input gives the same report, and fingerprints hold when something else changes', async () => {
  const other = exampleDaemonSet({
    containers: [exampleContainer({ image: 'server:1' }), exampleContainer({ name: 'b', image: 'b' })],
  });
  const [first, second] = [await check(exampleInputs([untagged])), await check(exampleInputs([untagged]))];
  expect(second).toEqual(first);
  const prints = (await check(exampleInputs([other]))).findings.map(({ fingerprint }) => fingerprint);
  expect(new Set(prints).size).toBe(2);
  expect(prints).toContain(first.findings[0]!.fingerprint);
});

test('reports of several fleets add up', async () => {
  const report = await check(exampleInputs([untagged]));
  const both = mergeReports([report, report]);
  expect(both.counts).toMatchObject({
    fleets: 2,
    errors: 2,
    objects: 4,
    notEvaluated: 2 * report.counts.notEvaluated,
  });
});
