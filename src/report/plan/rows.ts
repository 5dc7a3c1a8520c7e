import type { Count, Plan } from '../../plan/plan.ts';
import { bytes, span, whole } from '../text.ts';
import type { PlanReport } from './plan-report.ts';

/** Headings of the table of waves: the same in a terminal and in Markdown. */
export const headings = (plan: Plan): readonly string[] => [
  'wave',
  '>up to',
  '>clusters',
  '>devices',
  ...classColumns(plan).map((name) => `>${name}`),
  '>soak',
  '>moved after',
  '>done after',
  '>over uplinks',
  'slowest class',
  '>exposed',
];

/** Devices of each class are a column of their own where there are several. */
const classColumns = ({ classes }: Plan): readonly string[] => {
  const names = Object.keys(classes);
  return names.length > 1 ? names : [];
};

/** One row for each wave. */
export const rows = (report: PlanReport): readonly (readonly string[])[] =>
  report.plan.waves.map((wave, index) => {
    const schedule = report.schedule[index]!;
    return [
      wave.name,
      `${wave.percent} %`,
      count(wave.total, 'clusters'),
      count(wave.total, 'devices'),
      ...classColumns(report.plan).map((name) => whole(wave.classes[name]?.devices ?? 0)),
      wave.soak === '0s' ? 'none' : wave.soak,
      after(schedule.movedMs) + (schedule.parts > 1 ? ` in ${schedule.parts} parts` : ''),
      after(schedule.watchedMs),
      ...uplinks(report, index),
      whole(report.exposure[index]!.devices),
    ];
  });

/** A count, with the middle 95 % of what hashing may give where it is an expectation. */
function count({ clusters, devices, spread }: Count, what: 'clusters' | 'devices'): string {
  const [low, high] = spread?.[what] ?? [0, 0];
  const expected = whole(what === 'clusters' ? clusters : devices);
  return low === high ? expected : `${expected} (${whole(low)} to ${whole(high)})`;
}

const after = (ms: number): string => (ms === 0 ? 'at once' : span(ms));

function uplinks({ transfers, pulls }: PlanReport, index: number): readonly [bytes: string, slowest: string] {
  const byClass = Object.entries(transfers[index]!);
  const total = byClass.reduce((sum, [, transfer]) => sum + transfer.bytes, 0);
  const [name, slowest] = byClass.reduce((most, one) =>
    one[1].slowestHours > most[1].slowestHours ? one : most,
  );
  const lowerBound = byClass.some(
    ([of, transfer]) => transfer.bytes >= 0 && (pulls[of]?.unknown.length ?? 0) > 0,
  );
  const more = lowerBound ? '> ' : '';
  return [
    `${more}${bytes(total)}`,
    slowest.slowestHours === 0 ? '-' : `${more}${span(slowest.slowestHours * 3_600_000)} ${name}`,
  ];
}
