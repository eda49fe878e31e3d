/** Writes tables as CSV that is safe to open in a spreadsheet. */

import { stringify } from 'csv-stringify/sync';
import { oneLine } from '../displayText.ts';

/** A cell. Text may come from outside. null and undefined mean unknown. */
export type CsvCell = string | number | boolean | null | undefined;

/** Columns by header name, with a function that reads the cell from a record. */
export type CsvColumns<Item> = Readonly<Record<string, (item: Item) => CsvCell>>;

/**
 * RFC 4180 with a byte order mark, so Excel recognizes UTF-8. Plain decimals stay numbers. Text
 * that a spreadsheet would read as a formula gets a leading apostrophe.
 */
export function csvText<Item>(columns: CsvColumns<Item>, items: readonly Item[]): string {
  const rows = items.map((item) => Object.values(columns).map((read) => safe(read(item))));
  return stringify([Object.keys(columns), ...rows], { bom: true, record_delimiter: '\r\n' });
}

/**
 * CSV rows for a pipe. Line breaks and lengths are kept. Text that a spreadsheet would read as a
 * formula gets a leading apostrophe.
 */
export function rowsCsv(rows: readonly (readonly CsvCell[])[]): string {
  return stringify(
    rows.map((row) => row.map((cell) => (isText(cell) ? escapeFormulas(cell) : cell))),
  );
}

function isText(cell: CsvCell): cell is string {
  return typeof cell === 'string' && !NUMBER.test(cell);
}

const NUMBER = /^-?\d+(?:\.\d+)?$/;

/** Half-width and full-width characters, because spreadsheets accept both. */
const FORMULA = /^[\s'"]*[=+\-@\uff1d\uff0b\uff0d\uff20]/;

/**
 * A formula after a line break, or after another locale's list separator, which would start a new
 * cell.
 */
const INNER = /([;,|\t\r\n]\s*["']?)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;

function safe(cell: CsvCell): string {
  if (cell === null || cell === undefined) return '';
  const text = String(cell);
  if (NUMBER.test(text)) return text;
  return escapeFormulas(oneLine(text, 2000));
}

/** Puts an apostrophe before anything that a spreadsheet would compute. */
function escapeFormulas(text: string): string {
  const inside = text.replace(INNER, "$1'");
  return FORMULA.test(inside) ? `'${inside}` : inside;
}
