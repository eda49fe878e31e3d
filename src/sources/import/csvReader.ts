/** Reads a CSV file as rows: first the header, then each record by its columns. */

import { Failure } from '../../domain/failure.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import { type ImportColumns, type FileHeader, readHeader } from './columns.ts';
import { type CsvRecord, CsvRecords } from './csvRecords.ts';
import { LineSplitter } from './lines.ts';
import { type BrokenLine, excerptText, type FileRow } from './row.ts';

/** Converts bytes to rows as they arrive. */
export interface RowReader {
  push(bytes: Uint8Array): (FileRow | BrokenLine)[];
  end(): (FileRow | BrokenLine)[];
  /** Names of the unknown columns that were ignored. */
  ignoredColumns(): readonly string[];
  /** Further warnings about the whole file, available once it has been read. */
  warnings?(): readonly PullWarning[];
}

/**
 * A {@link RowReader} for CSV. Its first record is the header.
 * @throws {Failure} `usage` for an invalid header.
 */
export class CsvReader implements RowReader {
  readonly #lines = new LineSplitter();
  readonly #records: CsvRecords;
  readonly #columns: ImportColumns;
  readonly #file: string;
  #header: FileHeader | undefined;

  constructor(columns: ImportColumns, file: string) {
    this.#columns = columns;
    this.#records = new CsvRecords(columns.separator);
    this.#file = file;
  }

  push(bytes: Uint8Array): (FileRow | BrokenLine)[] {
    return this.#rows(this.#records.push(this.#lines.push(bytes)));
  }

  end(): (FileRow | BrokenLine)[] {
    const last = this.#records.push(this.#lines.end());
    const rows = this.#rows([...last, ...this.#records.end()]);
    if (this.#header === undefined) readHeader([], this.#columns, this.#file);
    return rows;
  }

  ignoredColumns(): readonly string[] {
    if (this.#columns.keepsExtras || this.#columns.needs !== undefined) return [];
    return (this.#header?.extras ?? []).map(({ name }) => name);
  }

  #rows(found: readonly (CsvRecord | BrokenLine)[]): (FileRow | BrokenLine)[] {
    const [first, ...rest] = found;
    if (this.#header !== undefined || first === undefined)
      return found.map((record) => this.#row(record));
    if (!('cells' in first)) throw unreadableHeader(first, this.#file);
    this.#header = readHeader(first.cells, this.#columns, this.#file);
    this.#records.width = this.#header.width;
    return rest.map((record) => this.#row(record));
  }

  #row(found: CsvRecord | BrokenLine): FileRow | BrokenLine {
    const header = this.#header;
    if (header === undefined || !('cells' in found)) return found as BrokenLine;
    if (found.cells.length === header.width) return new CsvRow(found, header);
    const counts = `found ${found.cells.length} cells, expected ${header.width}`;
    const problem = `${counts} as in the header; ${CUT_OFF}`;
    return { line: found.line, problem, text: found.text };
  }
}

function unreadableHeader({ line, problem }: BrokenLine, file: string): Failure {
  return new Failure('usage', `cannot read the header row of ${file}: ${problem}`, {
    where: `${file}, line ${line}`,
    expected: 'a CSV header row',
    hint: 'fix the first line of the file and import it again',
  });
}

const CUT_OFF = 'the line may be incomplete, or have an unquoted comma';

class CsvRow implements FileRow {
  readonly line: number;
  readonly #cells: readonly string[];
  readonly #header: FileHeader;
  readonly #text: string;

  constructor({ line, cells, text }: CsvRecord, header: FileHeader) {
    this.line = line;
    this.#cells = cells;
    this.#header = header;
    this.#text = text;
  }

  cell(column: string): string {
    return this.#cells[this.#header.indexOf.get(column) ?? -1]?.trim() ?? '';
  }

  extras(): Readonly<Record<string, string>> | undefined {
    const tags = this.#header.extras.flatMap(({ name, index }) => {
      const value = this.#cells[index]?.trim() ?? '';
      return value === '' ? [] : [[name, value] as const];
    });
    return tags.length === 0 ? undefined : Object.fromEntries(tags);
  }

  excerpt(): string {
    return excerptText(this.#text);
  }
}
