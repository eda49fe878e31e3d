/** Reads a CSV file as rows: first the header, then each record by its columns. */

import { Failure } from '../../domain/failure.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import {
  type BrokenLine,
  excerptText,
  type FileHeader,
  type FileRow,
  type ImportColumns,
  readHeader,
} from './columns.ts';
import { LineSplitter, MAX_LINE_CHARACTERS, type TextLine } from './splitters.ts';

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

/** The cells of one record, and the line on which it starts. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
  readonly text: string;
}

type ParsedLine = CsvRecord | BrokenLine;

/** A quoted cell may contain line breaks. With this many lines, the quote is a mistake. */
const MAX_CELL_LINES = 100;

interface WholeLine {
  readonly number: number;
  readonly text: string;
}

/**
 * Joins lines into records. If a quote is never closed, its line is broken, and the lines after it
 * are read on their own. The same applies if it is closed by a quote of another row; the number of
 * cells then differs from the header's.
 */
export class CsvRecords {
  /** The number of cells in the header, once it is known. */
  width: number | undefined;
  readonly #separator: string;
  #open: WholeLine[] = [];
  #openLength = 0;

  constructor(separator = ',') {
    this.#separator = separator;
  }

  push(lines: readonly TextLine[]): ParsedLine[] {
    return lines.flatMap((line) => this.#take(line));
  }

  /** The remaining records when the file ends. */
  end(): ParsedLine[] {
    const found: ParsedLine[] = [];
    while (this.#open.length > 0) found.push(...this.#giveUp('before the file ends'));
    return found;
  }

  #take({ number, text, problem }: TextLine): ParsedLine[] {
    if (problem !== undefined) return [{ line: number, problem, text }];
    if (this.#open.length === 0 && text.trim() === '') return [];
    this.#open.push({ number, text });
    this.#openLength += text.length;
    if (hasOddQuotes(text) === this.#open.length > 1) return this.#close();
    const isUnclosed =
      this.#open.length >= MAX_CELL_LINES || this.#openLength > MAX_LINE_CHARACTERS;
    return isUnclosed ? this.#giveUp(`within ${MAX_CELL_LINES} lines`) : [];
  }

  #close(): ParsedLine[] {
    const [first] = this.#open;
    if (first === undefined) return [];
    const spans = this.#open.length > 1;
    const text = spans ? this.#open.map((part) => part.text).join('\n') : first.text;
    const cells = splitCsvCells(text, this.#separator);
    const fits = cells !== undefined && (this.width ?? cells.length) === cells.length;
    if (spans && !fits) return this.#giveUp('in the same row');
    this.#clear();
    return [
      cells === undefined
        ? { line: first.number, problem: STRAY_QUOTE, text }
        : { line: first.number, cells, text },
    ];
  }

  #giveUp(where: string): ParsedLine[] {
    const [first, ...following] = this.#open;
    this.#clear();
    if (first === undefined) return [];
    const problem = `a quote is not closed ${where}; ${HOW_TO_QUOTE}`;
    const broken = { line: first.number, problem, text: first.text };
    return [broken, ...following.flatMap((line) => this.#take(line))];
  }

  #clear(): void {
    this.#open = [];
    this.#openLength = 0;
  }
}

const HOW_TO_QUOTE = 'put the whole cell in quotes and double the quotes inside it';
const STRAY_QUOTE = `found a quote inside a cell; ${HOW_TO_QUOTE}`;

/** Whether a line has an odd number of quotes, so it opens or closes a cell that spans lines. */
function hasOddQuotes(text: string): boolean {
  let odd = false;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) odd = !odd;
  return odd;
}

/**
 * The cells of a record; `undefined` if it has a misplaced quote. `'a,"b,""c"""'` has the cells `a`
 * and `b,"c"`.
 */
export function splitCsvCells(text: string, separator = ','): string[] | undefined {
  if (!text.includes('"')) return text.split(separator);
  const cells: string[] = [];
  for (let at = 0; at <= text.length; ) {
    const end = text[at] === '"' ? quotedEnd(text, at) : unquotedEnd(text, at, separator);
    if (end === undefined || (end < text.length && text[end] !== separator)) return undefined;
    const raw = text.slice(at, end);
    if (raw.startsWith('"')) cells.push(raw.slice(1, -1).replaceAll('""', '"'));
    else if (raw.includes('"')) return undefined;
    else cells.push(raw);
    at = end + 1;
  }
  return cells;
}

function unquotedEnd(text: string, start: number, separator: string): number {
  const comma = text.indexOf(separator, start);
  return comma < 0 ? text.length : comma;
}

/**
 * The index after the closing quote of the cell that starts at `start`; `undefined` if it is not
 * closed.
 */
function quotedEnd(text: string, start: number): number | undefined {
  let at = text.indexOf('"', start + 1);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at < 0 ? undefined : at + 1;
}
