// How numbers, counts and tables are written in every format that people read.

import { stripVTControlCharacters } from 'node:util';
import { whole } from '../model/whole.ts';
import type { Count } from '../plan/plan.ts';

export { whole };

/** A number and its noun: `1 cluster`, `20,000 clusters`. */
export const counted = (count: number, noun: string): string =>
  `${whole(count)} ${noun}${Math.round(count) === 1 ? '' : 's'}`;

/** Clusters and devices: `2 clusters, 14 devices`. */
export const countedBoth = ({ clusters, devices }: Pick<Count, 'clusters' | 'devices'>): string =>
  `${counted(clusters, 'cluster')}, ${counted(devices, 'device')}`;

/** Bytes as people compare them, with decimal prefixes as links are sold: `1.2 GB`. */
export function bytes(count: number): string {
  const prefixes = ['', 'k', 'M', 'G', 'T', 'P'];
  let rest = count;
  let index = 0;
  while (rest >= 999.5 && index < prefixes.length - 1) {
    rest /= 1000;
    index += 1;
  }
  return `${rest < 9.95 && index > 0 ? rest.toFixed(1) : rest.toFixed(0)} ${prefixes[index]}B`;
}

/** A time span as people plan with it, to two units: `45 s`, `12 min`, `3 h 20 min`, `2 d 6 h`. */
export function span(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (ms < 60_000) return `${ms > 0 && ms < 1000 ? (ms / 1000).toFixed(1) : Math.round(ms / 1000)} s`;
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

const pair = (large: number, unit: string, small: number, below: string): string =>
  small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${below}`;

const width = (text: string): number => stripVTControlCharacters(text).length;

/** A column is aligned right where its heading starts with `>`. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const names = headings.map((heading) => heading.replace(/^>/, ''));
  const widths = names.map((name, column) =>
    Math.max(width(name), ...rows.map((row) => width(row[column] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => {
        const gap = ' '.repeat(widths[column]! - width(cell));
        return headings[column]!.startsWith('>') ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd();
  return [names, ...rows].map((cells) => `${line(cells)}\n`).join('');
}

const markdownRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;

/** The same table in Markdown. */
export function markdownTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = headings.map((heading) => (heading.startsWith('>') ? '---:' : '---'));
  const escaped = rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  return [headings.map((heading) => heading.replace(/^>/, '')), rule, ...escaped].map(markdownRow).join('');
}

/** Text for machines: two spaces, a newline at the end. */
export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
