/** Reads the JSON of an incident API: one page, a list, or one incident per line. */

import { Failure } from '../../../domain/failure.ts';
import type { PullWarning } from '../../../domain/pullWarning.ts';
import { JsonNumber, parseLosslessText } from '../../../platform/json.ts';
import {
  type BrokenLine,
  createColumnFinder,
  excerptText,
  type FileRow,
  type ImportColumns,
} from '../columns.ts';
import type { RowReader } from '../csvReader.ts';

/** The longest JSON document, since it is read whole. A year of incidents is 10 MB. */
const MAX_CHARACTERS = 32 * 1024 * 1024;

/** Keys under which a page has its list. */
const LIST_KEYS = ['incidents', 'data', 'alerts'];

/**
 * A {@link RowReader} for incident JSON. The line of a row is its position in the list. In a file
 * with one JSON value per line, it is that line.
 */
export class JsonExportReader implements RowReader {
  readonly #decoder = new TextDecoder('utf-8');
  readonly #columnOf: (name: string) => string | undefined;
  readonly #file: string;
  #text: string[] = [];
  #length = 0;
  #isOnePage = false;

  constructor(columns: ImportColumns, file: string) {
    this.#columnOf = createColumnFinder(columns);
    this.#file = file;
  }

  push(bytes: Uint8Array): (FileRow | BrokenLine)[] {
    this.#keep(this.#decoder.decode(bytes, { stream: true }));
    return [];
  }

  end(): (FileRow | BrokenLine)[] {
    this.#keep(this.#decoder.decode());
    const text = this.#text.join('');
    this.#text = [];
    const document = parseText(text);
    if (document !== undefined) {
      this.#isOnePage = isRecord(document) && document['more'] === true;
      return findRecords(document).map((record, at) => this.#row(record, at + 1));
    }
    return this.#lines(text.split('\n'));
  }

  /** Empty, since an export has many columns that are not needed. */
  ignoredColumns(): readonly string[] {
    return [];
  }

  warnings(): readonly PullWarning[] {
    return this.#isOnePage ? [{ code: 'more-pages' }] : [];
  }

  #keep(text: string): void {
    this.#length += text.length;
    if (this.#length > MAX_CHARACTERS) throw tooLong(this.#file);
    this.#text.push(text);
  }

  #lines(lines: readonly string[]): (FileRow | BrokenLine)[] {
    const values = lines.map((line) => (line.trim() === '' ? [] : parseText(line)));
    if (values.every((value) => value === undefined || isEmpty(value)))
      throw brokenFile(this.#file);
    return values.flatMap((value, at) => {
      if (value !== undefined) return findRecords(value).map((record) => this.#row(record, at + 1));
      return [{ line: at + 1, problem: NO_JSON, text: lines[at] ?? '' }];
    });
  }

  #row(record: unknown, line: number): FileRow | BrokenLine {
    if (!isRecord(record)) return { line, problem: NO_RECORD, text: JSON.stringify(record) };
    const cells = new Map<string, string>();
    for (const [path, text] of flatCells(record)) {
      const column = this.#columnOf(path);
      if (column !== undefined && text !== '' && !cells.has(column)) cells.set(column, text);
    }
    return {
      line,
      cell: (column) => cells.get(column) ?? '',
      extras: () => undefined,
      excerpt: () => excerptText(JSON.stringify(record)),
    };
  }
}

const NO_JSON = 'invalid JSON; write one complete incident per line';
const NO_RECORD = 'not an incident; expected a JSON object';

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function parseText(text: string): unknown {
  try {
    return parseLosslessText(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The incidents of a page or a list, or the value itself as the only incident. */
function findRecords(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (!isRecord(value)) return [value];
  const list = LIST_KEYS.map((name) => value[name]).find((inner) => Array.isArray(inner));
  if (Array.isArray(list)) return list;
  const one = value['incident'] ?? value['data'];
  return [isRecord(one) ? one : value];
}

function tooLong(file: string): Failure {
  return new Failure('usage', `${file} is more than 32 MB of JSON`, {
    where: file,
    expected: 'pages of incidents, or CSV, which has no size limit',
    hint: 'export it page by page, or as CSV',
  });
}

function brokenFile(file: string): Failure {
  return new Failure('usage', `${file} is incomplete JSON`, {
    where: file,
    expected: 'the response of the incident API, or one incident per line',
    hint: 'the file may be incomplete; export it again',
  });
}

/** Deeper objects contain nothing that is read. */
const MAX_DEPTH = 2;

/**
 * The text of each value by its path: `{service: {summary: 'a'}}` becomes `service_summary`. A list
 * becomes the names of its items, one per line. The name of an object is its `name`, `summary`,
 * `at` or `id`.
 */
function flatCells(record: object, prefix = '', depth = 0): [string, string][] {
  return Object.entries(record).flatMap(([key, value]: [string, unknown]): [string, string][] => {
    const path = prefix === '' ? key : `${prefix}_${key}`;
    if (Array.isArray(value)) {
      const names = value.map(nameOf).filter((name) => name !== '');
      return [[path, names.join('\n')]];
    }
    if (!isRecord(value)) return [[path, scalarText(value)]];
    return depth < MAX_DEPTH ? flatCells(value, path, depth + 1) : [];
  });
}

/** Whether the value is an object, and neither a list nor a number. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && !(value instanceof JsonNumber);
}

function nameOf(value: unknown): string {
  if (!isRecord(value)) return scalarText(value);
  const names = ['name', 'summary', 'at', 'id'].map((key) => scalarText(value[key]));
  return names.find((text) => text !== '') ?? '';
}

function scalarText(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  if (value instanceof JsonNumber) return value.text;
  return typeof value === 'boolean' ? String(value) : '';
}
