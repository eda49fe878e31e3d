/** Aligns rows for a terminal: numbers to the right, control characters made visible. */

import { decimal, toDecimal } from '../domain/exact.ts';
import { plainText } from '../platform/plainText.ts';

type Cell = string | number | bigint | null;

/**
 * Columns with a header, two spaces between; null is an empty cell. Columns that hold no text stand
 * to the right, and so do those whose position is in `figures`: figures that have been made text
 * already.
 */
export function textTable(
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  figures: readonly number[] = [],
): string {
  const headers = columns.map(plainText);
  const texts = rows.map((row) => columns.map((_, index) => cellText(row[index] ?? null)));
  const widths = headers.map((header, index) =>
    Math.max(header.length, ...texts.map((row) => row[index]?.length ?? 0)),
  );
  const toTheRight = columns.map(
    (_, index) => figures.includes(index) || holdsNoText(rows.map((row) => row[index] ?? null)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((text, index) => pad(text, widths[index] ?? 0, toTheRight[index] === true))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width));
  return `${[line(headers), line(rule), ...texts.map(line)].join('\n')}\n`;
}

function holdsNoText(cells: readonly Cell[]): boolean {
  return cells.length > 0 && cells.every((cell) => typeof cell !== 'string');
}

function pad(text: string, width: number, right: boolean): string {
  return right ? text.padStart(width) : text.padEnd(width);
}

function cellText(value: Cell): string {
  return value === null ? '' : plainText(String(value));
}

/** A decimal with as many places as are needed, two at least and six at most. */
export function short(value: string): string {
  return toDecimal(decimal(value), 6).replace(/(\.\d{2}\d*?)0+$/, '$1');
}
