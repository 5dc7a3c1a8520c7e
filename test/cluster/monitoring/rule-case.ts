// Random fleets and what their devices send, small enough for promtool: gates whose faults a few dozen devices show.

import { seeded } from '../../../src/dev/bench/random.ts';
import type { StatisticalGate } from '../../../src/fleet/spec.ts';
import { heardFrom } from '../../../src/gate/promql/watched.ts';
import { rowsOf } from '../../../src/gate/promql/rows.ts';
import type { EvidenceRow } from '../../../src/gate/evidence.ts';
import { questionsOf, type Question, type VersionsOf } from '../../../src/gate/question.ts';
import type { PlanFile, PlannedSlice, TroubleKind } from '../../../src/plan/plan.ts';
import type { RolloutState } from '../../../src/plan/state.ts';
import { examplePlan } from '../../example-plan.ts';
import { troubleOf, troubleSeries } from './trouble-case.ts';

/** Minutes of a case: what is sent begins at 0, and the end is judged. */
export const MINUTES = 60;
const OVERDUE = 30;
const WINDOW = 10;
/** How far Prometheus looks back for a sample. */
const LOOK_BACK = 5;

const TREATMENT = ['p000.01', 'p000.05'];
const CONTROL = ['p050.00', 'p100.00'];
const OLD = 'r000000000001';
const NEW = 'r000000000002';
const WORKLOADS = ['inference', 'sensor'] as const;

type Versions = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** By release and workload: a sensor without telemetry changes too, one with it does not. */
const versionsWith = (sensor: Sensor): Versions => ({
  [OLD]: { inference: 'v00000000000a', sensor: 'v0000000000c0' },
  [NEW]: { inference: 'v00000000000b', sensor: sensor === 'silent' ? 'v0000000000c1' : 'v0000000000c0' },
});

/** Whether the second workload is there, and sends telemetry. */
type Sensor = 'unchanged' | 'silent' | 'watched';

/** What one agent sends: of one workload on one device. */
interface Agent {
  readonly class: string;
  readonly slice: string;
  readonly workload: string;
  readonly cluster: string;
  /** Minutes in which it sends, by version: from, and until before which. */
  readonly spans: readonly { readonly version: string; readonly from: number; readonly until: number }[];
  /** Of ten requests a minute. */
  readonly failing: number;
  /** Whether its server ever answers. */
  readonly up: boolean;
  /** What is wrong with it that is no failed request. */
  readonly troubled: readonly TroubleKind[];
  /** Whether it tells of that at all. */
  readonly tells: boolean;
}

export interface RuleCase {
  readonly seed: number;
  readonly plan: PlanFile;
  readonly state: RolloutState;
  readonly versionsOf: VersionsOf;
  readonly questions: readonly Question[];
  readonly agents: readonly Agent[];
  /** Minutes in which the hub hears nothing. */
  readonly deaf: readonly [from: number, until: number] | undefined;
  /** Trouble that the gate watches, of the first workload. */
  readonly watched: readonly TroubleKind[];
}

export function ruleCase(seed: number): RuleCase {
  const random = seeded(seed * 7919);
  const uniform = (): number => random.uniform();
  const pick = <T>(...of: readonly T[]): T => of[Math.floor(uniform() * of.length)]!;
  const whole = (from: number, to: number): number => from + Math.floor(uniform() * (to - from + 1));
  const classes = pick(['n100'], ['n100'], ['n100', 'orin']);
  const gate: StatisticalGate = {
    baseline: pick(0.013, 0.05, 0.11),
    detect: pick(0.21, 0.37),
    alpha: pick(0.01, 0.05),
    beta: pick(0.01, 0.05),
    window: '10m',
    overdueAfter: '30m',
    ...(uniform() < 0.7 ? { ceiling: pick(0.1731, 0.3137) } : {}),
    ...(uniform() < 0.2 ? { offline: { treatAs: 'exclude' } } : {}),
    ...(uniform() < 0.5 ? { correlation: { device: pick(0.1, 0.5, 1), cluster: pick(0, 0.03, 0.2) } } : {}),
  };
  const sensor = pick<Sensor>(...Array<Sensor>(9).fill('unchanged'), 'silent', 'watched', 'watched');
  const versions = versionsWith(sensor);
  const versionsOf: VersionsOf = (_class, release) => versions[release]!;
  const watched = pick<readonly TroubleKind[]>(
    [],
    [],
    ['slow'],
    ['nearMemoryLimit', 'restarted'],
    ['outOfMemory', 'slow'],
  );
  const clusterSize = pick(1, 1, 4);
  const size = pick(12, 40, 60);
  const devices = new Map(
    classes.flatMap((name) =>
      [...TREATMENT, ...CONTROL].map((slice) => [`${name} ${slice}`, whole(1, size)] as const),
    ),
  );
  const plan = planOf(
    versions[NEW]!,
    devices,
    { classes, clusterSize, gate, sensor, watched },
    pick('exact', 'exact', 'expected'),
  );
  const state: RolloutState = {
    fleet: 'example',
    early: [],
    overrides: [],
    classes: Object.fromEntries(
      classes.map((name) => [
        name,
        {
          settled: OLD,
          rejected: [],
          pointers: Object.fromEntries(
            plan.slices.map(({ name: slice }) => [
              slice,
              { runs: TREATMENT.includes(slice) ? NEW : OLD, before: null },
            ]),
          ),
        },
      ]),
    ),
  };

  const fault = pick(
    'none',
    'none',
    'failing',
    'silent',
    'down',
    'troubled',
    'troubled',
    'both troubled',
    'both silent',
    'not updated',
    'both failing',
    'all failing',
  );
  const faulty = pick(classes[0]!, classes.at(-1)!, 'every');
  const strength = pick(0.1, 0.5, 1);
  const start = uniform() < 0.07 ? whole(35, 44) : 0;
  const deaf = uniform() < 0.06 ? ([33, 46] as const) : undefined;
  const extra = uniform() < 0.05 ? 1 : 0;
  const usual = uniform() * 0.02;
  const untold = uniform() < 0.1 ? pick('treatment', 'control', 'few') : 'none';
  const agents = [...devices].flatMap(([place, count]) => {
    const [name, slice] = place.split(' ') as [string, string];
    const treated = TREATMENT.includes(slice);
    const hit = (faulty === 'every' || faulty === name) && (treated || fault.startsWith('both'));
    return Array.from({ length: count + extra }, (_, index) => {
      const struck = hit && uniform() < strength;
      const lost = uniform() < usual;
      const failsALittle = uniform() < 0.03 ? whole(1, 2) : 0;
      const isTroubled = (struck && fault.endsWith('troubled')) || uniform() < 0.01;
      const tells = !(untold === 'few' ? uniform() < 0.3 : untold === (treated ? 'treatment' : 'control'));
      return (sensor === 'watched' ? WORKLOADS : (['inference'] as const)).map((workload): Agent => {
        const isNew = treated && !(struck && fault === 'not updated');
        const version = versions[isNew ? NEW : OLD]![workload]!;
        const before = versions[OLD]![workload]!;
        const until = (struck && fault.endsWith('silent')) || lost ? whole(1, 28) : MINUTES + 1;
        const begins = isNew ? start : 0;
        return {
          class: name,
          slice,
          workload,
          cluster: `${name}-${slice.replace('.', '-')}-${Math.floor(index / clusterSize)}.${index % clusterSize}`,
          spans:
            begins > 0 && begins < until && before !== version
              ? [
                  { version: before, from: 0, until: begins },
                  { version, from: begins, until },
                ]
              : [{ version: begins > 0 ? before : version, from: 0, until }],
          failing: struck && (fault === 'failing' || fault === 'both failing') ? whole(4, 10) : failsALittle,
          up: !(struck && fault === 'down'),
          troubled: isTroubled ? watched.slice(0, 1) : [],
          tells: tells && workload === 'inference',
        };
      });
    }).flat();
  });
  const all = fault === 'all failing' ? agents.map((of) => ({ ...of, failing: 6 })) : agents;
  return {
    seed,
    plan,
    state,
    versionsOf,
    questions: questionsOf(state, plan, 'canary', versionsOf),
    agents: all,
    deaf: deaf === undefined ? undefined : [...deaf],
    watched,
  };
}

interface Drawn {
  readonly classes: readonly string[];
  readonly clusterSize: number;
  readonly gate: StatisticalGate;
  readonly sensor: Sensor;
  readonly watched: readonly TroubleKind[];
}

function planOf(
  versions: Readonly<Record<string, string>>,
  devices: ReadonlyMap<string, number>,
  { classes, clusterSize, gate, sensor, watched }: Drawn,
  inventory: 'exact' | 'expected',
): PlanFile {
  const wanted = Object.fromEntries(classes.map((name) => [name, { release: NEW, versions }]));
  const base = examplePlan(wanted, { devices: () => 0 });
  const metrics = { errors: 'requests_total{code=~"5.."}', requests: 'requests_total' };
  const all = troubleOf(classes);
  const trouble = Object.fromEntries(watched.map((kind) => [kind, all[kind]]));
  const inference = watched.length === 0 ? metrics : { ...metrics, trouble };
  const slices = base.slices.map((slice): PlannedSlice => ({
    ...slice,
    classes: Object.fromEntries(
      classes.map((name) => {
        const count = devices.get(`${name} ${slice.name}`) ?? 0;
        const clusters = Math.ceil(count / clusterSize);
        const spread: readonly [number, number] = [Math.floor(count * 0.6), count * 2];
        return [
          name,
          inventory === 'exact' || count === 0
            ? { clusters, devices: count }
            : { clusters, devices: count, spread: { clusters: spread, devices: spread } },
        ];
      }),
    ),
  }));
  return {
    ...base,
    gate,
    inventory,
    slices,
    metrics: { inference, ...(sensor === 'watched' ? { sensor: metrics } : {}) },
    waves: base.waves.map((wave) => Object.assign({}, wave, { soak: '0s' })),
  };
}

/** Whether an agent is heard in a minute, with that version. */
const speaks = ({ deaf }: RuleCase, of: Agent['spans'][number], minute: number): boolean =>
  minute >= of.from && minute < of.until && !(deaf !== undefined && minute >= deaf[0] && minute < deaf[1]);

/** Series as promtool reads them. */
export function inputSeries(of: RuleCase): { readonly series: string; readonly values: string }[] {
  return of.agents.flatMap((agent) =>
    agent.spans.flatMap((span) => {
      const [cluster, device] = agent.cluster.split('.') as [string, string];
      const who = `class="${agent.class}",cluster="${cluster}",device="${device}",slice="${agent.slice}",version="${span.version}"`;
      const values = (value: (minute: number) => number): string =>
        Array.from({ length: MINUTES + 1 }, (_, minute) =>
          speaks(of, span, minute) ? String(value(minute)) : '_',
        ).join(' ');
      const counter = (code: string, each: number): { series: string; values: string }[] =>
        each === 0
          ? []
          : [
              {
                series: `requests_total{${who},code="${code}"}`,
                values: values((minute) => (minute - span.from) * each + 1000),
              },
            ];
      return [
        { series: `up{${who}}`, values: values(() => (agent.up ? 1 : 0)) },
        ...(agent.up ? [...counter('200', 10 - agent.failing), ...counter('500', agent.failing)] : []),
        ...(agent.up && agent.tells
          ? troubleSeries(who, { watched: of.watched, troubled: agent.troubled }, values)
          : []),
      ];
    }),
  );
}

/** The evidence of a case, counted device by device and minute by minute, without any PromQL. */
export function evidenceOf(of: RuleCase): EvidenceRow[] {
  const { plan, questions, agents } = of;
  const now = MINUTES;
  return questions.flatMap((question) => {
    const own = agents.filter((agent) => agent.class === question.class);
    const planned = (slice: string): { devices: number; spread?: { devices: readonly [number, number] } } =>
      plan.slices.find(({ name }) => name === slice)!.classes[question.class]!;
    const heardEver = (slice: string): number =>
      new Set(
        own
          .filter((agent) => agent.slice === slice && agent.spans.some(({ until, from }) => until > from))
          .map(({ cluster }) => cluster),
      ).size;
    const assigned = new Map(
      [...TREATMENT, ...CONTROL].map((slice) => {
        const { devices, spread } = planned(slice);
        return [
          slice,
          plan.inventory === 'exact' ? devices : Math.max(spread?.devices[0] ?? devices, heardEver(slice)),
        ];
      }),
    );
    return Object.keys(plan.metrics ?? {}).flatMap((workload) => {
      const answeredWith = new Map<string, Map<string, number>>();
      const requests = new Map<string, Map<string, number>>();
      const failed = new Map<string, Map<string, number>>();
      const lately = new Map<string, Map<string, number>>();
      const kinds = workload === 'inference' ? of.watched : [];
      const trouble = new Map(
        kinds.map((kind) => [
          kind,
          {
            observed: new Map<string, Map<string, number>>(),
            troubled: new Map<string, Map<string, number>>(),
          },
        ]),
      );
      const seen = new Map<string, number>();
      const stepsMs: number[] = [];
      for (let step = now - OVERDUE; step <= now; step += 2.5) stepsMs.push(step);
      const times = new Map<string, Set<number>>();
      const add = (
        to: Map<string, Map<string, number>>,
        slice: string,
        version: string,
        count: number,
      ): void => {
        const inner = to.get(slice) ?? new Map<string, number>();
        to.set(slice, inner.set(version, (inner.get(version) ?? 0) + count));
      };
      for (const agent of own.filter((one) => one.workload === workload)) {
        const within = (span: Agent['spans'][number], end: number, length: number): boolean =>
          Array.from({ length: MINUTES + 1 }, (_, minute) => minute).some(
            (minute) => minute <= end && minute > end - length && agent.up && speaks(of, span, minute),
          );
        if (agent.spans.some((span) => within(span, now, OVERDUE))) {
          seen.set(agent.slice, (seen.get(agent.slice) ?? 0) + 1);
        }
        for (const span of agent.spans) {
          if (within(span, now, OVERDUE)) add(answeredWith, agent.slice, span.version, 1);
          if (within(span, now, WINDOW)) {
            add(requests, agent.slice, span.version, 10 * WINDOW);
            add(failed, agent.slice, span.version, agent.failing * WINDOW);
            add(lately, agent.slice, span.version, 1);
            for (const [kind, { observed, troubled }] of agent.tells ? trouble : []) {
              add(observed, agent.slice, span.version, 1);
              if (agent.troubled.includes(kind)) add(troubled, agent.slice, span.version, 1);
            }
          }
          const key = `${agent.slice} ${span.version}`;
          const heard = times.get(key) ?? new Set<number>();
          times.set(key, heard);
          for (const step of stepsMs) if (within(span, step, LOOK_BACK)) heard.add(step);
        }
      }
      const series = [...times].map(([key, heard]) => {
        const [slice, version] = key.split(' ') as [string, string];
        return { labels: { slice, version }, times: [...heard] };
      });
      const asked = {
        answered: answeredWith,
        seen,
        requests,
        failed,
        heard: heardFrom(series, stepsMs),
        lately,
        trouble,
      };
      const rows = rowsOf(question, workload, asked, { assigned, nowMs: now });
      // Minutes, until here.
      const inMs = (iso: string): string => new Date(Date.parse(iso) * 60_000).toISOString();
      return rows.map((row) => Object.assign({}, row, { from: inMs(row.from), to: inMs(row.to) }));
    });
  });
}
