/** Renders rows as an aligned table of any width, with control characters made visible. */

import { decimal, toDecimal } from '../domain/exact.ts';
import { plainText } from '../platform/text.ts';

type Cell = string | number | bigint | null;

/**
 * A header, a rule and one line per row, with two spaces between columns. Null is an empty cell.
 * Numeric columns are aligned to the right, and so are the columns at the indexes in `figures`,
 * which contain figures as text.
 */
export function renderTextTable(
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  figures: readonly number[] = [],
): string {
  const headers = columns.map(plainText);
  const texts = rows.map((row) => columns.map((_, index) => cellText(row[index] ?? null)));
  const widths = headers.map((header, index) =>
    Math.max(header.length, ...texts.map((row) => row[index]?.length ?? 0)),
  );
  const isRightAligned = columns.map(
    (_, index) => figures.includes(index) || isNumeric(rows.map((row) => row[index] ?? null)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((text, index) => pad(text, widths[index] ?? 0, isRightAligned[index] === true))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width));
  return `${[line(headers), line(rule), ...texts.map(line)].join('\n')}\n`;
}

function isNumeric(cells: readonly Cell[]): boolean {
  return cells.length > 0 && cells.every((cell) => typeof cell !== 'string');
}

function pad(text: string, width: number, right: boolean): string {
  return right ? text.padStart(width) : text.padEnd(width);
}

function cellText(value: Cell): string {
  return value === null ? '' : plainText(String(value));
}

/** A decimal with two to six places: `0.1` becomes `0.10`, `0.09375` stays. */
export function formatDecimal(value: string): string {
  return toDecimal(decimal(value), 6).replace(/(\.\d{2}\d*?)0+$/, '$1');
}
