import type { Count, PlanFile } from '../plan/plan.ts';

/** With commas, in every locale. */
const number = (value: number): string => String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, ',');

/** Where clusters do not pull for themselves. */
const HUB_ROW =
  '| `argocd/` | ApplicationSets: which cluster follows which pointers | Argo CD on the hub |\n';

const MONITORING_ROW =
  '| `monitoring/` | recording and alert rules with their tests | Prometheus on the hub |\n';

/** README.md of `generated/<fleet>/`: what stands there, who reads it, and the waves. */
export function fleetReadme(plan: PlanFile): string {
  const { fleet, delivery } = plan;
  const isHub = delivery.kind === 'argocd' && delivery.mode !== 'pull';
  const reader = delivery.kind === 'flux' ? 'Flux' : 'Argo CD';
  const classes = Object.keys(plan.classes);
  const cell = ({ clusters, devices }: Count): string =>
    clusters === 0 ? '–' : `${number(devices)} on ${number(clusters)}`;
  return `# ${fleet}

Written by Breakwater from the definition of the fleet. Do not edit: \`breakwater synth ${fleet}\` writes it again.
${number(plan.total.devices)} devices in ${number(plan.total.clusters)} clusters${plan.inventory === 'exact' ? '' : '; what slices and waves get of them is expected, not counted'}.

| path | what | who reads it |
|---|---|---|
| \`slices/<slice>/<class>/\` | two pointers: what the clusters of a slice and class run | ${reader} ${isHub ? 'on the hub' : 'on each cluster'}, for life |
| \`releases/<class>/<id>/\` | the manifests of a class; never edited, named by the digest of their content | ${reader}, through the pointers |
${isHub ? HUB_ROW : ''}| \`plan.json\` | waves, slices, devices, gate, budget and the wanted releases | \`breakwater promote\`, \`rollback\`, \`status\`; dashboards |
${plan.metrics === undefined ? '' : MONITORING_ROW}| \`fleets/${fleet}.rollout.json\` (not here) | where the rollout stands: the pointers follow from it | \`breakwater promote\`, \`rollback\`, \`retry\`, \`status\` |

## A cluster joins

${isHub ? 'The hub has the cluster and it' : `${reader} is installed and the cluster`} is in the inventory. Then, once${isHub ? ', on the hub, with the command that it prints besides' : ''}:

\`\`\`sh
breakwater bootstrap ${fleet} --cluster ID | kubectl apply -f -
\`\`\`

## Waves

${table([
  ['wave', 'up to', 'slices', 'soak', 'pause', ...classes.map((name) => `${name} (devices on clusters)`)],
  ...plan.waves.map((wave) => [
    wave.name,
    `${wave.percent} %`,
    wave.slices.length === 0 ? '–' : [...new Set([wave.slices[0]!, wave.slices.at(-1)!])].join(' to '),
    wave.soak,
    wave.pause,
    ...classes.map((name) => cell(wave.classes[name] ?? { clusters: 0, devices: 0 })),
  ]),
])}

${
  plan.gate.by === 'human'
    ? 'People look at each wave and decide about the next: no evidence is judged.'
    : `The next wave follows once \`breakwater gate ${fleet} --record\` has written down a PASS of the one before.`
}
`;
}

const table = ([head, ...rows]: readonly (readonly string[])[]): string =>
  [head!, head!.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
