import type { PlanFile } from '../../plan/plan.ts';
import { OURS } from '../../gate/promql/series.ts';
import { INTERVAL } from './vocabulary.ts';

const pattern = (label: string): string => (OURS[label] as { readonly pattern: string }).pattern;

/** README.md of `generated/<fleet>/monitoring/`. */
export function monitoringReadme({ fleet, gate }: PlanFile): string {
  return `# Monitoring of ${fleet}

Written by Breakwater. Do not edit: every verb that moves a pointer of ${fleet} writes it again.

| file | what | who reads it |
|---|---|---|
| \`rules.yaml\` | counts, tests, verdicts and alerts: follows from \`plan.json\` | Prometheus 3, as \`rule_files\` |
| \`rollout.yaml\` | which versions there are, and which slices are compared with which: follows from the rollout | Prometheus 3, as \`rule_files\` |
| \`kubernetes/\` | the same as objects of Prometheus Operator | Flux or Argo CD on the hub |
| \`tests.yaml\` | tests of the rules | \`promtool test rules tests.yaml\` |

Both rule files belong on the hub: the one Prometheus that every site's agents write to. They are evaluated every ${INTERVAL} and read
series with the labels \`cluster\`, \`device\`, \`class\`, \`slice\` (\`${pattern('slice')}\`) and \`version\` (\`${pattern('version')}\`).
Load them as they stand in Git: a hub that lags behind judges the rollout as it was.
${gate.by === 'human' ? humanPart : verdictPart}
## What a site can judge alone

All devices of a cluster are in one slice and run one release, so a site has nothing to compare it with. It sees its own
share of failed requests (\`breakwater:site:failed / breakwater:site:requests\`) and how many of its devices answer
(\`breakwater:site:seen\`), and can be told apart from its neighbours only here.
`;
}

const humanPart = `
People gate this fleet: nothing here says PASS or FAIL. \`breakwater:slice:seen\`, \`:requests\` and \`:failed\` show what they look at.
`;

const verdictPart = `
\`breakwater:wave:verdict\` is 1 for FAIL, 0 for INSUFFICIENT and -1 for PASS: what \`breakwater gate --prometheus\` says of the
same series. \`breakwater:class:verdict\`, \`breakwater:test:verdict\` and \`breakwater:class:gap\` say why.
`;
