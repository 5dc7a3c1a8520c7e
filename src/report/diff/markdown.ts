import type { ReleaseDiff } from '../../output/fleet-diff.ts';
import { counted, markdownTable } from '../text.ts';
import type { DiffReport } from './index.ts';
import { clusterLines, countsLine, fieldLine, waveHeadings, waveRow, workloadLine } from './rows.ts';

/** What changes, for a comment on a pull request: waves in sight, fields folded away. */
export function markdown({ fleet, waves, releases, clusters }: DiffReport): string {
  const lines = clusterLines(clusters);
  if (waves.length === 0 && lines.length === 0) return `### ${fleet}: unchanged\n`;
  const now = waves.filter(({ when }) => when === 'now').reduce((sum, { devices }) => sum + devices, 0);
  return [
    `### ${fleet}: ${counted(now, 'device')} change now\n`,
    ...(waves.length === 0 ? [] : [markdownTable(waveHeadings, waves.map(waveRow))]),
    ...(lines.length === 0 ? [] : [lines.map((line) => `- ${line}\n`).join('')]),
    ...releases.map(formatRelease),
  ].join('\n');
}

const formatRelease = (release: ReleaseDiff): string => {
  const changed = release.objects.filter(({ change }) => change !== 'unchanged');
  const objects = changed.flatMap(({ object, change, fields }) =>
    [`${change} ${object}`].concat(fields.map((field) => `  ${fieldLine(field)}`)),
  );
  return [
    `<details><summary>class ${release.class}, ${release.from ?? 'nothing'} to ${release.to}: ${countsLine(release)}</summary>\n`,
    release.workloads.map((workload) => `- ${workloadLine(workload)}\n`).join(''),
    `\`\`\`\n${objects.map((line) => `${line}\n`).join('')}\`\`\`\n`,
    '</details>\n',
  ].join('\n');
};
