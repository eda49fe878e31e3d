/** Reads a file of JSON objects as rows, keeping every digit of its numbers. */

import { JsonNumber, parseLosslessText } from '../../platform/json.ts';
import { nearestWord, quoteShort } from '../../platform/text.ts';
import { type BrokenLine, excerptText, type FileRow, type ImportColumns } from './columns.ts';
import type { RowReader } from './csvReader.ts';
import type { TextLine } from './splitters.ts';

/** The most unknown keys that are named in warnings. */
const MAX_IGNORED = 20;

/** Splits a file into the texts of single objects, by lines or as items of an array. */
export interface Splitter {
  push(bytes: Uint8Array): TextLine[];
  end(): TextLine[];
}

/**
 * A {@link RowReader} for JSON lines and arrays. A value that is not a flat object is a broken
 * line, except in columns that may be nested. The line number of an array item is its position.
 */
export class JsonReader implements RowReader {
  readonly #lines: Splitter;
  readonly #columns: ImportColumns;
  readonly #known: ReadonlySet<string>;
  readonly #ignored = new Set<string>();

  constructor(columns: ImportColumns, lines: Splitter) {
    this.#lines = lines;
    this.#columns = columns;
    this.#known = new Set([...columns.required, ...columns.optional]);
  }

  push(bytes: Uint8Array): (FileRow | BrokenLine)[] {
    return this.#lines.push(bytes).flatMap((line) => this.#row(line));
  }

  end(): (FileRow | BrokenLine)[] {
    return this.#lines.end().flatMap((line) => this.#row(line));
  }

  ignoredColumns(): readonly string[] {
    return [...this.#ignored];
  }

  #row({ number: line, text, problem: unreadable }: TextLine): (FileRow | BrokenLine)[] {
    if (unreadable !== undefined) return [{ line, problem: unreadable, text }];
    if (text.trim() === '') return [];
    const cells = readCells(text, { known: this.#known, columns: this.#columns });
    if (typeof cells === 'string') return [{ line, problem: cells, text }];
    const problem = this.#checkKeys(cells);
    if (problem !== undefined) return [{ line, problem, text }];
    return [new JsonRow(line, { cells, text, known: this.#known })];
  }

  /** Collects unknown keys. Returns the problem of a line with a missing or misspelled key. */
  #checkKeys(cells: ReadonlyMap<string, string>): string | undefined {
    const { required, keepsExtras } = this.#columns;
    const extras = [...cells.keys()].filter((key) => !this.#known.has(key));
    for (const column of required) {
      if (cells.has(column)) continue;
      const suggestion = nearestWord(column, extras);
      const todo = suggestion === undefined ? 'add it' : `did you mean ${quoteShort(suggestion)}?`;
      return `has no "${column}"; ${todo}`;
    }
    for (const key of keepsExtras || this.#ignored.size >= MAX_IGNORED ? [] : extras) {
      this.#ignored.add(key);
    }
    return undefined;
  }
}

interface ReadOptions {
  readonly known: ReadonlySet<string>;
  readonly columns: ImportColumns;
}

/** The text of each key's value, or what is wrong with the line. */
function readCells(text: string, { known, columns }: ReadOptions): Map<string, string> | string {
  const value = parseObject(text);
  if (value === undefined) return 'not a JSON object; write each row as one complete object';
  const cells = new Map<string, string>();
  for (const [key, inner] of Object.entries(value)) {
    const lower = key.trim().toLowerCase();
    const column = known.has(lower) ? lower : key;
    const cell = cellText(inner) ?? nestedText(inner, { column, known, columns });
    if (cell === undefined)
      return `${quoteShort(key)} is neither text nor a number; write it without nesting`;
    cells.set(column, cell);
  }
  return cells;
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = parseLosslessText(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject && !(value instanceof JsonNumber) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function cellText(value: unknown): string | undefined {
  if (value === null) return '';
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'boolean') return String(value);
  return value instanceof JsonNumber ? value.text : undefined;
}

/**
 * The text of a nested value if its column may be nested. Empty if its column is ignored, and
 * `undefined` if it is invalid.
 */
function nestedText(
  value: unknown,
  { column, known, columns }: ReadOptions & { readonly column: string },
): string | undefined {
  const { nested, keepsExtras } = columns;
  if (nested?.includes(column) === true) return JSON.stringify(value);
  return nested !== undefined && !keepsExtras && !known.has(column) ? '' : undefined;
}

interface JsonCells {
  readonly cells: ReadonlyMap<string, string>;
  readonly text: string;
  readonly known: ReadonlySet<string>;
}

class JsonRow implements FileRow {
  readonly line: number;
  readonly #content: JsonCells;

  constructor(line: number, content: JsonCells) {
    this.line = line;
    this.#content = content;
  }

  cell(column: string): string {
    return this.#content.cells.get(column) ?? '';
  }

  extras(): Readonly<Record<string, string>> | undefined {
    const { cells, known } = this.#content;
    const tags = [...cells].filter(([key, value]) => value !== '' && !known.has(key));
    return tags.length === 0 ? undefined : Object.fromEntries(tags);
  }

  excerpt(): string {
    return excerptText(this.#content.text);
  }
}
