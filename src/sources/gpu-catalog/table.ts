/** Reads a catalog's CSV table, keeping only the used columns. */

import { Failure } from '../../domain/failure.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import type { Reject } from '../../domain/provenance.ts';
import { CsvRecords } from '../import/csvReader.ts';
import { LineSplitter } from '../import/splitters.ts';
import { REJECT_LIMIT, toReject, rejectWarnings } from '../records.ts';

/** The columns to keep. Empty cells are omitted from a row. */
export interface TableShape {
  readonly columns: readonly string[];
  /** A table without these columns is rejected. */
  readonly needed: readonly string[];
  /** Columns whose value would be wrong if the file were cut off in it. */
  readonly deciding: readonly string[];
}

export type PriceTableRow = Readonly<Record<string, string>>;

export interface PriceTable {
  readonly rows: readonly PriceTableRow[];
  readonly rejects: readonly Reject[];
  readonly warnings: readonly PullWarning[];
}

/**
 * Reads a CSV file with a header, or its stored form: JSON lines of the kept columns. Unreadable
 * lines are rejects.
 * @throws {Failure} `malformed` if it is not such a table.
 */
export function readTable(bytes: Uint8Array, shape: TableShape, where: string): PriceTable {
  if (bytes[0] === 0x7b) return readStoredTable(new TextDecoder().decode(bytes), shape, where);
  const cutter = new LineSplitter();
  const [first, ...lines] = [...cutter.push(bytes), ...cutter.end()];
  const records = new CsvRecords();
  const [header] = first === undefined ? [] : records.push([first]);
  if (header === undefined || !('cells' in header)) throw notATable(shape, where);
  const names = header.cells.map((name) => name.trim());
  if (!shape.needed.every((name) => names.includes(name))) throw notATable(shape, where);
  records.width = names.length;
  const found = [...records.push(lines), ...records.end()];
  const places = shape.columns
    .map((name) => [name, names.indexOf(name)] as const)
    .filter(([, at]) => at >= 0);
  const mayBreakOff = shape.deciding.includes(names.at(-1) ?? '') && bytes.at(-1) !== 0x0a;
  return rowsOf(found.length, (at) => {
    const record = found[at];
    if (record === undefined || !('cells' in record)) return record?.problem ?? 'no row';
    if (record.cells.length !== names.length) {
      return `found ${record.cells.length} cells, expected ${names.length} as in the header`;
    }
    if (mayBreakOff && at === found.length - 1) return 'the table ends within its last row';
    const cells = places.map(([name, at]) => [name, record.cells[at]?.trim() ?? ''] as const);
    return Object.fromEntries(cells.filter(([, cell]) => cell !== ''));
  });
}

function readStoredTable(text: string, shape: TableShape, where: string): PriceTable {
  const lines = text.split('\n').filter((line) => line !== '');
  const [first] = shape.needed;
  return rowsOf(lines.length, (at) => {
    try {
      const row = JSON.parse(lines[at] ?? '') as Record<string, unknown>;
      if (typeof row[first ?? ''] !== 'string') throw notATable(shape, where);
      return Object.fromEntries(
        shape.columns.flatMap((name) => {
          const cell = row[name];
          return typeof cell === 'string' ? [[name, cell]] : [];
        }),
      );
    } catch {
      throw notATable(shape, where);
    }
  });
}

function rowsOf(count: number, read: (at: number) => PriceTableRow | string): PriceTable {
  const rows: PriceTableRow[] = [];
  const rejects: Reject[] = [];
  let rejected = 0;
  for (let at = 0; at < count; at += 1) {
    const row = read(at);
    if (typeof row !== 'string') rows.push(row);
    else {
      rejected += 1;
      if (rejects.length < REJECT_LIMIT) rejects.push(toReject(at, undefined, row));
    }
  }
  return { rows, rejects, warnings: rejectWarnings(rejected) };
}

/** Encodes rows as JSON lines, which `readTable` reads back. */
export function encodeRows(rows: readonly PriceTableRow[]): Uint8Array {
  return new TextEncoder().encode(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

function notATable({ needed }: TableShape, where: string): Failure {
  return new Failure('malformed', `${where} is not the table of the catalog`, {
    where,
    expected: `the columns ${needed.join(', ')}`,
    hint: 'check baseUrl; another version of the catalog has other columns',
  });
}
