import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { CheckReport, Finding } from '../../src/check/finding.ts';
import { checkFormats } from '../../src/report/check/index.ts';

const memory: Finding = {
  rule: 'memory-fits',
  severity: 'error',
  message: 'pods request 9Gi, of 7Gi that a device has',
  fix: 'lower memory to 512Mi',
  why: 'A pod that does not fit stays Pending.',
  path: '/workloads/inference/memory',
  fleet: 'hello-edge',
  object: 'DaemonSet/hello-edge/inference',
  locations: [
    { role: 'source', file: 'fleets/hello-edge.ts' },
    { role: 'generated', file: 'generated/hello-edge/releases/n100/r1/objects/x.yaml', line: 12, column: 9 },
  ],
  affected: { clusters: 20_000, devices: 1_000_000 },
  fingerprint: '0011223344556677',
};
const accepted: Finding = {
  rule: 'canary-sees-ceiling',
  severity: 'warning',
  message: 'a canary of 3 devices cannot see <5 %',
  fix: 'widen the canary',
  why: 'Too few.',
  path: '/rollout/waves/0',
  fleet: 'store-shelves',
  locations: [{ role: 'source', file: 'fleets/store-shelves.ts' }],
  fingerprint: '8899aabbccddeeff',
  suppressed: { reason: 'people watch every wave', until: '2027-03-01' },
};
const report: CheckReport = {
  findings: [memory, accepted],
  notEvaluated: [
    { rule: 'salt-kept', fleet: 'hello-edge', reason: 'there is no reference to compare with' },
    { rule: 'class-kept', fleet: 'hello-edge', reason: 'there is no reference to compare with' },
  ],
  counts: {
    fleets: 2,
    files: 84,
    objects: 40,
    errors: 1,
    warnings: 0,
    advice: 0,
    suppressed: 1,
    notEvaluated: 2,
  },
};

test('pretty says what, where, on how many, and what to do; then what was accepted and what was not judged', () => {
  expect(stripVTControlCharacters(checkFormats.pretty(report))).toMatchInlineSnapshot(`
    "error[memory-fits]: pods request 9Gi, of 7Gi that a device has
      at:  fleets/hello-edge.ts
           generated/hello-edge/releases/n100/r1/objects/x.yaml:12:9 DaemonSet/hello-edge/inference /workloads/inference/memory
      on:  20,000 clusters, 1,000,000 devices
      fix: lower memory to 512Mi

    accepted with a reason:
      canary-sees-ceiling in store-shelves: a canary of 3 devices cannot see <5 %
        because people watch every wave (until 2027-03-01)

    not evaluated:
      there is no reference to compare with (hello-edge)
        salt-kept, class-kept

    2 fleets, 84 files, 40 objects: 1 error, 0 warnings, 0 advice, 1 accepted, 2 not evaluated
    "
  `);
});

test('markdown folds away what was accepted, and nothing in a message is a tag', () => {
  expect(checkFormats.markdown(report)).toMatchInlineSnapshot(`
    "### Breakwater: 1 error

    2 fleets, 84 files, 40 objects: 1 error, 0 warnings, 0 advice, 1 accepted, 2 not evaluated

    |  | rule | what and what to do | where | touches |
    | --- | --- | --- | --- | --- |
    | error | \`memory-fits\` | pods request 9Gi, of 7Gi that a device has<br>**fix:** lower memory to 512Mi | \`fleets/hello-edge.ts\`<br>\`generated/hello-edge/releases/n100/r1/objects/x.yaml:12:9 DaemonSet/hello-edge/inference /workloads/inference/memory\` | 20,000 clusters, 1,000,000 devices |

    <details><summary>1 finding accepted with a reason</summary>

    | rule | fleet | what | reason |
    | --- | --- | --- | --- |
    | \`canary-sees-ceiling\` | store-shelves | a canary of 3 devices cannot see &lt;5 % | people watch every wave |

    </details>

    <details><summary>2 checks not evaluated</summary>

    | rule | fleet | why not |
    | --- | --- | --- |
    | \`salt-kept\` | hello-edge | there is no reference to compare with |
    | \`class-kept\` | hello-edge | there is no reference to compare with |

    </details>
    "
  `);
});

test('json is the report with its schema version', () => {
  expect(JSON.parse(checkFormats.json(report))).toEqual({ schemaVersion: 1, ...report });
});

test('sarif names rules once, points at line 1 where no line is known, and marks what is accepted', () => {
  expect(checkFormats.sarif(report)).toMatchInlineSnapshot(`
    "{
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
      "version": "2.1.0",
      "runs": [
        {
          "tool": {
            "driver": {
              "name": "breakwater",
              "rules": [
                {
                  "id": "canary-sees-ceiling",
                  "shortDescription": {
                    "text": "canary sees ceiling"
                  },
                  "fullDescription": {
                    "text": "Too few."
                  },
                  "help": {
                    "text": "Too few.\\n\\nMore: breakwater explain canary-sees-ceiling"
                  },
                  "defaultConfiguration": {
                    "level": "warning"
                  }
                },
                {
                  "id": "memory-fits",
                  "shortDescription": {
                    "text": "memory fits"
                  },
                  "fullDescription": {
                    "text": "A pod that does not fit stays Pending."
                  },
                  "help": {
                    "text": "A pod that does not fit stays Pending.\\n\\nMore: breakwater explain memory-fits"
                  },
                  "defaultConfiguration": {
                    "level": "error"
                  }
                }
              ]
            }
          },
          "originalUriBaseIds": {
            "%SRCROOT%": {
              "description": {
                "text": "the repository's root"
              }
            }
          },
          "invocations": [
            {
              "executionSuccessful": true,
              "toolExecutionNotifications": [
                {
                  "level": "note",
                  "associatedRule": {
                    "id": "salt-kept"
                  },
                  "message": {
                    "text": "not evaluated in hello-edge: there is no reference to compare with"
                  }
                },
                {
                  "level": "note",
                  "associatedRule": {
                    "id": "class-kept"
                  },
                  "message": {
                    "text": "not evaluated in hello-edge: there is no reference to compare with"
                  }
                }
              ]
            }
          ],
          "columnKind": "utf16CodeUnits",
          "results": [
            {
              "ruleId": "memory-fits",
              "ruleIndex": 1,
              "level": "error",
              "message": {
                "text": "pods request 9Gi, of 7Gi that a device has\\nfix: lower memory to 512Mi"
              },
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "fleets/hello-edge.ts",
                      "uriBaseId": "%SRCROOT%"
                    },
                    "region": {
                      "startLine": 1
                    }
                  },
                  "logicalLocations": [
                    {
                      "fullyQualifiedName": "DaemonSet/hello-edge/inference/workloads/inference/memory"
                    }
                  ]
                },
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "generated/hello-edge/releases/n100/r1/objects/x.yaml",
                      "uriBaseId": "%SRCROOT%"
                    },
                    "region": {
                      "startLine": 12,
                      "startColumn": 9
                    }
                  },
                  "logicalLocations": [
                    {
                      "fullyQualifiedName": "DaemonSet/hello-edge/inference/workloads/inference/memory"
                    }
                  ]
                }
              ],
              "partialFingerprints": {
                "breakwater/v1": "0011223344556677"
              },
              "properties": {
                "path": "/workloads/inference/memory",
                "fleet": "hello-edge",
                "affected": {
                  "clusters": 20000,
                  "devices": 1000000
                }
              }
            },
            {
              "ruleId": "canary-sees-ceiling",
              "ruleIndex": 0,
              "level": "warning",
              "message": {
                "text": "a canary of 3 devices cannot see <5 %\\nfix: widen the canary"
              },
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "fleets/store-shelves.ts",
                      "uriBaseId": "%SRCROOT%"
                    },
                    "region": {
                      "startLine": 1
                    }
                  },
                  "logicalLocations": [
                    {
                      "fullyQualifiedName": "/rollout/waves/0"
                    }
                  ]
                }
              ],
              "partialFingerprints": {
                "breakwater/v1": "8899aabbccddeeff"
              },
              "properties": {
                "path": "/rollout/waves/0",
                "fleet": "store-shelves"
              },
              "suppressions": [
                {
                  "kind": "inSource",
                  "justification": "people watch every wave"
                }
              ]
            }
          ]
        }
      ]
    }
    "
  `);
});
