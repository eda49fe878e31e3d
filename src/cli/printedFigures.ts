/** Prints figures and lists on a terminal, and says how many lines were left out. */

import { decimal, type Exact } from '../domain/exact.ts';
import { plainText } from '../platform/plainText.ts';
import { dollars, percent, UNKNOWN } from '../report/format.ts';

export function known(figure: string | null, print: (figure: Exact) => string): string {
  return figure === null ? UNKNOWN : print(decimal(figure));
}

export function usd(figure: string | null): string {
  return known(figure, dollars);
}

export function share(figure: string | null): string {
  return known(figure, percent);
}

/** So many deployments have a row on a terminal; one line sums up the others. */
export const MOST_DEPLOYMENTS = 20;

const MOST_LINES = 10;

/** A title, then a line each: at most ten, and how many more there are. Empty without lines. */
export function bullets(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const shown = lines.length > MOST_LINES + 1 ? lines.slice(0, MOST_LINES) : lines;
  const left = lines.length - shown.length;
  const more = left > 0 ? [`and ${left} more: see --json`] : [];
  return `${title}\n${[...shown, ...more].map((line) => `  - ${plainText(line)}\n`).join('')}`;
}
