/** Reads a catalog's files: zip archives, and CSV tables, of which the used columns are kept. */

import { crc32, inflateRawSync } from 'node:zlib';
import { Failure } from '../../domain/failure.ts';
import type { Reject } from '../../domain/provenance.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import { CsvRecords } from '../import/csvReader.ts';
import { LineSplitter } from '../import/splitters.ts';
import { REJECT_LIMIT, rejectWarnings, toReject } from '../records.ts';

/** The columns to keep. Empty cells are omitted from a row. */
export interface TableShape {
  readonly columns: readonly string[];
  /** A table without these columns is rejected. */
  readonly needed: readonly string[];
  /** Columns whose value would be wrong if the file were cut off in it. */
  readonly deciding: readonly string[];
}

export type PriceTableRow = Readonly<Record<string, string>>;

interface PriceTable {
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

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 65_535;
const STORED = 0;
const DEFLATED = 8;
/** Marks sizes and offsets stored elsewhere (zip64), in archives over 4 GB. */
const ELSEWHERE = 0xffff_ffff;

/**
 * Unpacks the first file whose name matches, using the central directory (APPNOTE.TXT 4.3).
 * @throws {Failure} `malformed` if it is no zip archive, lacks the file or is damaged; `too-large`
 *   if the file unpacks to more than `mostBytes`.
 */
export function readZipEntry(
  zip: Uint8Array,
  matches: (name: string) => boolean,
  { where, mostBytes }: { readonly where: string; readonly mostBytes: number },
): Uint8Array {
  const entry = [...entriesOf(zip, where)].find(({ name }) => matches(name));
  if (entry === undefined) throw malformed(where, 'the archive does not have this file');
  if (entry.bytes > mostBytes) {
    throw new Failure('too-large', `${entry.name} in ${where} has ${entry.bytes} bytes`, {
      where,
      expected: `at most ${mostBytes} bytes`,
      hint: 'the address is not that of the catalog archive; check baseUrl',
    });
  }
  const plain = unpacked(zip, entry, where);
  if (plain.length !== entry.bytes || crc32(plain) !== entry.crc) {
    throw malformed(where, `${entry.name} in the archive is damaged`);
  }
  return plain;
}

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly headerAt: number;
}

function* entriesOf(zip: Uint8Array, where: string): Generator<Entry> {
  const view = viewOf(zip);
  const end = endOf(view);
  if (end === undefined) throw malformed(where, 'the response is not a zip archive');
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > end || view.getUint32(at, true) !== ENTRY) {
      throw malformed(where, 'the file list of the archive is damaged');
    }
    const [packedBytes, bytes] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
    const headerAt = view.getUint32(at + 42, true);
    if ([packedBytes, bytes, headerAt].includes(ELSEWHERE)) {
      throw malformed(where, 'the archive is larger than 4 GB');
    }
    const nameBytes = view.getUint16(at + 28, true);
    yield {
      name: new TextDecoder().decode(zip.subarray(at + 46, at + 46 + nameBytes)),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packedBytes,
      bytes,
      headerAt,
    };
    at += 46 + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
}

/** Finds the end-of-directory record, which only a comment may follow. */
function endOf(view: DataView): number | undefined {
  const first = Math.max(0, view.byteLength - END_BYTES - LONGEST_COMMENT);
  for (let at = view.byteLength - END_BYTES; at >= first; at -= 1) {
    if (view.getUint32(at, true) === END) return at;
  }
  return undefined;
}

function unpacked(zip: Uint8Array, entry: Entry, where: string): Uint8Array {
  const { name, method, packedBytes, bytes, headerAt } = entry;
  if (headerAt + 30 > zip.length) throw malformed(where, `${name} in the archive is damaged`);
  const view = viewOf(zip);
  const skipped = view.getUint16(headerAt + 26, true) + view.getUint16(headerAt + 28, true);
  const from = headerAt + 30 + skipped;
  const packed = zip.subarray(from, from + packedBytes);
  if (method === STORED) return packed;
  if (method !== DEFLATED) throw malformed(where, `${name} uses an unsupported compression method`);
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, bytes) });
  } catch {
    throw malformed(where, `${name} in the archive is damaged`);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function malformed(where: string, message: string): Failure {
  return new Failure('malformed', `${message}: ${where}`, {
    where,
    expected: 'a zip archive with one table',
  });
}
