import type { ParityRow } from '../../plan/parity.ts';

/** Headings of the parity table: the same in a terminal and in Markdown. */
export const parityHeadings = ['asked of the delivery', 'flux', 'argocd', 'breakwater', 'lost'] as const;

const cell = (text: string): string => (text === '' ? '-' : text);

/** One row for each thing that is asked. */
export const parityRows = (rows: readonly ParityRow[]): readonly (readonly string[])[] =>
  rows.map(({ asks, flux, argocd, breakwater, lost }) => [
    asks,
    ...[flux, argocd, breakwater, lost].map(cell),
  ]);
