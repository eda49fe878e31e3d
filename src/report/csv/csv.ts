/** Knows how a table becomes CSV that a spreadsheet can open without being run by it. */

import { stringify } from 'csv-stringify/sync';
import { oneLine } from '../label.ts';

/** A cell: text from anywhere, or what is a number; null and undefined are not known. */
export type Cell = string | number | boolean | null | undefined;

/** A column by its name in the head, and how it is read off a record. */
export type Columns<Item> = Readonly<Record<string, (item: Item) => Cell>>;

/**
 * RFC 4180 with a byte order mark, by which Excel knows UTF-8. Plain decimals stay numbers; text
 * that a spreadsheet would take for a formula gets an apostrophe before it.
 */
export function csvText<Item>(columns: Columns<Item>, items: readonly Item[]): string {
  const rows = items.map((item) => Object.values(columns).map((read) => safe(read(item))));
  return stringify([Object.keys(columns), ...rows], { bom: true, record_delimiter: '\r\n' });
}

/**
 * Rows for a pipe, which a person may open in a spreadsheet all the same: line breaks and lengths
 * stay, and text that would be taken for a formula gets its apostrophe.
 */
export function rowsCsv(rows: readonly (readonly Cell[])[]): string {
  return stringify(rows.map((row) => row.map((cell) => (isText(cell) ? unrun(cell) : cell))));
}

function isText(cell: Cell): cell is string {
  return typeof cell === 'string' && !NUMBER.test(cell);
}

const NUMBER = /^-?\d+(?:\.\d+)?$/;

/** Half and full width alike, for spreadsheets take both. */
const FORMULA = /^[\s'"]*[=+\-@\uff1d\uff0b\uff0d\uff20]/;

/** Where a list separator of another country, or a break, would begin a cell of its own. */
const INNER = /([;,|\t\r\n]\s*["']?)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;

function safe(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  const text = String(cell);
  if (NUMBER.test(text)) return text;
  return unrun(oneLine(text, 2000));
}

/** The same text, with an apostrophe before whatever a spreadsheet would compute. */
function unrun(text: string): string {
  const inside = text.replace(INNER, "$1'");
  return FORMULA.test(inside) ? `'${inside}` : inside;
}
