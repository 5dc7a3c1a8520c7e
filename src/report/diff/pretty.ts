import type { ReleaseDiff } from '../../output/fleet-diff.ts';
import type { ObjectChange } from '../../output/object-diff.ts';
import { indent } from '../movement.ts';
import { bold, dim, green, red, yellow } from '../style.ts';
import { table } from '../text.ts';
import type { DiffReport } from './index.ts';
import { clusterLines, countsLine, fieldLine, waveHeadings, waveRow, workloadLine } from './rows.ts';

const COLOUR: Readonly<Record<ObjectChange['change'], (text: string) => string>> = {
  created: green,
  configured: yellow,
  unchanged: dim,
  deleted: red,
};

/** What changes, for people at a terminal: by wave, then release by release, then clusters. */
export function pretty({ fleet, waves, releases, clusters }: DiffReport): string {
  const lines = clusterLines(clusters);
  if (waves.length === 0 && lines.length === 0) return `${bold(fleet)}: unchanged\n`;
  return [
    `${bold(fleet)}\n`,
    waves.length === 0 ? '' : indent(table(waveHeadings, waves.map(waveRow))),
    ...releases.map((release) => `\n${indent(formatRelease(release))}`),
    lines.length === 0 ? '' : `\n${lines.map((line) => `  ${line}\n`).join('')}`,
  ].join('');
}

const formatRelease = (release: ReleaseDiff): string =>
  [
    `class ${release.class}, ${release.from ?? 'nothing'} -> ${release.to}: ${countsLine(release)}\n`,
    ...release.workloads.map((workload) => `  ${workloadLine(workload)}\n`),
    ...release.objects.filter(({ change }) => change !== 'unchanged').map(formatObject),
  ].join('');

const formatObject = ({ object, change, fields }: ObjectChange): string =>
  `  ${COLOUR[change](change)} ${object}\n${fields.map((field) => `    ${fieldLine(field)}\n`).join('')}`;
