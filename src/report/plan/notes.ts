import { askersOf, bytesPerCommit } from '../../plan/exposure.ts';
import { workloadLine } from '../diff/rows.ts';
import { bytes, counted, span, whole } from '../text.ts';
import { judgedArms, statisticsIn } from '../../gate/arms.ts';
import type { Plan } from '../../plan/plan.ts';
import type { PlanReport } from './plan-report.ts';

/** What the table of waves cannot say, a sentence a line: lower case, no full stop. */
export const notes = (report: PlanReport): readonly string[] => [
  ...pendingNotes(report),
  ...sourceNotes(report),
  ...reachNotes(report),
  ...gateNotes(report),
  ...Object.keys(report.plan.classes).flatMap((name) => classNotes(report, name)),
];

/** What the wanted releases do to devices that run another one. */
function pendingNotes({ pending }: PlanReport): readonly string[] {
  const changing = pending.releases.filter(({ from }) => from !== null);
  return changing.map(({ class: name, from, to, workloads }) => {
    const steps = pending.waves.filter((step) => step.class === name && step.from === from && step.to === to);
    const devices = (when: 'now' | 'promoted'): number =>
      steps.filter((step) => step.when === when).reduce((sum, step) => sum + step.devices, 0);
    const restarted = workloads.filter(({ change }) => change === 'restarted').map(workloadLine);
    const what = restarted.length === 0 ? 'restarts nothing' : restarted.join('; ');
    return `class ${name}: ${from} -> ${to} on ${counted(devices('now'), 'device')} by the next synth, on ${whole(devices('promoted'))} once promoted: ${what}`;
  });
}

function sourceNotes({ source, plan }: PlanReport): readonly string[] {
  const { delivery } = plan;
  const askers = askersOf(plan.total.clusters, delivery);
  const isHub = askers !== plan.total.clusters;
  const limit = source.limit === undefined ? 'its limit is not declared' : `it answers ${source.limit}`;
  const rate = isHub
    ? `all clusters are behind it`
    : `${source.requestsPerSecond.toFixed(source.requestsPerSecond < 10 ? 1 : 0)} requests per second (${limit})`;
  const total = bytes(bytesPerCommit(askers, source.bytesPerCluster));
  const each = `each ${source.kind === 'git' ? 'commit is cloned' : 'publication is pulled'} by`;
  return [
    `source: ${isHub ? 'one hub asks' : `${counted(askers, 'cluster')} ask`} ${source.url} every ${delivery.interval}: ${rate}`,
    isHub
      ? `source: ${each} the hub: at least ${bytes(source.bytesPerCluster)}`
      : `source: ${each} every cluster: at least ${bytes(source.bytesPerCluster)} each, ${total} together`,
  ];
}

/** How long a rollback takes to get everywhere, in the words of the delivery. */
function rollbackNote({ reach, plan }: PlanReport): string {
  if (plan.delivery.kind === 'flux')
    return `rollback: reaches every online cluster within ${span(reach.totalMs)} (${span(reach.sourceMs)} with kustomize-controller's CancelHealthCheckOnNewRevision: no health check is waited for)`;
  if (reach.steps === undefined)
    return `rollback: reaches every online cluster within ${span(reach.totalMs)}`;
  return `rollback: begins within ${span(reach.totalMs)} and goes through ${counted(reach.steps, 'step')}, each as long as its last cluster takes: no bound where one is off`;
}

function reachNotes(report: PlanReport): readonly string[] {
  const { exposure } = report;
  const most = exposure.at(-1);
  return [
    rollbackNote(report),
    ...(most === undefined
      ? []
      : [
          `exposed: the devices that may run a bad release meanwhile; where none of its pods becomes ready, ${exposure
            .map(({ wave, devicesIfNeverReady }) => `${whole(devicesIfNeverReady)} (${wave})`)
            .join(', ')}`,
        ]),
  ];
}

/** Who decides, and when nobody does. */
const gateNotes = ({ plan }: PlanReport): readonly string[] => [
  ...(plan.gate.by === 'human'
    ? [
        `gate: people look at ${plan.waves.length < 2 ? 'the wave' : 'each wave'} and decide, no evidence is judged: a promotion checks soak, freeze and budget alone`,
      ]
    : passNotes(plan)),
  ...(plan.freeze ?? []).map(
    ({ from, until, reason }) => `freeze: nothing is promoted from ${from} until ${until} UTC: ${reason}`,
  ),
];

/** How likely evidence lets a healthy release pass. */
function passNotes(plan: Plan): readonly string[] {
  const gate = statisticsIn(plan.gate);
  const arms = gate === undefined ? [] : judgedArms(plan, gate);
  const waves = [...new Set(arms.map(({ wave }) => wave))];
  if (waves.length === 0) return [];
  const told = waves.map(({ name }) => {
    const of = arms.filter(({ wave }) => wave.name === name);
    const each = of.map(({ class: one, pass }) => `${Math.floor(pass.both * 100)} of class ${one}`);
    return `${each.join(', ')} (${name})`;
  });
  return [`gate: of a hundred healthy releases pass by evidence ${told.join('; ')}`];
}

function classNotes({ plan, pulls }: PlanReport, name: string): readonly string[] {
  const { maxUnavailable, clustersAllAtOnce, clusters } = plan.classes[name]!;
  const pull = pulls[name];
  const all =
    clustersAllAtOnce === 0
      ? ''
      : `; ${whole(clustersAllAtOnce)} of ${counted(clusters, 'cluster')} update all their devices at once`;
  return [
    `class ${name}: a cluster updates at most ${counted(maxUnavailable, 'device')} at a time${all}`,
    ...(pull === undefined
      ? []
      : [
          `class ${name}: a device pulls ${bytes(pull.bytes)} when nothing is cached${pull.unknown.length === 0 ? '' : `, and ${counted(pull.unknown.length, 'image')} whose size fleets/images.lock.json does not know`}`,
        ]),
  ];
}
