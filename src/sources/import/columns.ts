/** The columns of an import file: required and optional names, and likely misspellings. */

import { Failure } from '../../domain/failure.ts';
import { editDistance, joinWithOr, nearestWord, quoteShort } from '../../platform/text.ts';
import { shortText } from '../../platform/json.ts';

export interface ImportColumns {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /**
   * Whether unknown columns are stored as tags of the fact. Otherwise they are ignored with a
   * warning.
   */
  readonly keepsExtras: boolean;
  /**
   * Set for exports of other tools, whose spelling of names varies. At least one column of each
   * group must be present.
   */
  readonly needs?: readonly (readonly string[])[];
  /** The same for our own column names, which must be spelled exactly. */
  readonly oneOf?: readonly (readonly string[])[];
  /**
   * Columns whose value in a JSON file may be an object or a list, which becomes the cell's text.
   * If unknown columns are ignored, nested ones are ignored too.
   */
  readonly nested?: readonly string[];
  /** The cell separator of a CSV file. The default is a comma. */
  readonly separator?: string;
}

/** The position of each column in a file. */
export interface FileHeader {
  readonly indexOf: ReadonlyMap<string, number>;
  /** Unknown columns, spelled as in the file. */
  readonly extras: readonly { readonly name: string; readonly index: number }[];
  readonly width: number;
}

/**
 * Returns a function that finds our column for a name in the file. In another tool's export, `Alert
 * ID` means `alert_id`.
 */
export function createColumnFinder(columns: ImportColumns): (name: string) => string | undefined {
  const normalize = columns.needs === undefined ? lowercase : toLettersAndDigits;
  const known = [...columns.required, ...columns.optional];
  const byName = new Map(known.map((column) => [normalize(column), column]));
  return (name) => byName.get(normalize(name));
}

const lowercase = (name: string) => name.trim().toLowerCase();
export const toLettersAndDigits = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/**
 * Reads the header row. Columns may be in any order and any case.
 * @throws {Failure} `usage` with the file, what is missing and the likely intended name.
 */
export function readHeader(
  cells: readonly string[],
  columns: ImportColumns,
  file: string,
): FileHeader {
  const columnOf = createColumnFinder(columns);
  if (cells.some((cell) => cell.includes('\r'))) {
    throw refusal(
      file,
      'has lines that end with carriage returns only, expected line feeds',
      columns,
    );
  }
  const indexOf = new Map<string, number>();
  const extras: { name: string; index: number }[] = [];
  for (const [index, cell] of cells.entries()) {
    const name = cell.trim();
    const column = columnOf(name);
    if (column === undefined) extras.push({ name, index });
    else if (indexOf.has(column))
      throw refusal(file, `has a duplicate column "${column}"`, columns);
    else indexOf.set(column, index);
  }
  const problem = findHeaderProblem({ indexOf, extras, width: cells.length }, columns);
  if (problem !== undefined) throw refusal(file, problem, columns);
  const named = extras.filter(({ name }) => name !== '');
  return { indexOf, extras: named, width: cells.length };
}

function findHeaderProblem(
  { indexOf, extras }: FileHeader,
  columns: ImportColumns,
): string | undefined {
  const names = extras.map(({ name }) => name);
  const groups = columns.needs ?? columns.oneOf;
  const missingGroup = groups?.find((group) => !group.some((column) => indexOf.has(column)));
  if (missingGroup !== undefined) return `has no column ${joinWithOr(missingGroup)}`;
  if (columns.needs !== undefined) return undefined;
  const missing = columns.required.filter((column) => !indexOf.has(column));
  const absent = columns.optional.filter((column) => !indexOf.has(column) && column.length > 3);
  const misspelled = absent.flatMap((column) => misspellingText(column, names));
  if (missing.length + misspelled.length === 0) return undefined;
  const separator = findOtherSeparator(names, [...columns.required, ...columns.optional]);
  if (separator !== undefined) return `has cells separated by ${separator}, expected commas`;
  const missingText = missing.length === 0 ? [] : [missingColumnsText(missing, names)];
  return [...missingText, ...misspelled].join('; ');
}

function missingColumnsText(missing: readonly string[], names: readonly string[]): string {
  const suggestions = missing.map((column) => {
    const suggestion = nearestWord(column, names);
    return suggestion === undefined
      ? `"${column}"`
      : `"${column}" (did you mean ${quoteShort(suggestion)}?)`;
  });
  return `has no ${suggestions.length === 1 ? 'column' : 'columns'} ${suggestions.join(', ')}`;
}

/** A name with at most this edit distance is a misspelling. Otherwise it is a different column. */
const MAX_TYPO_DISTANCE = 2;

/**
 * An optional column may be missing, but not misspelled. `cache_tokens` is reported, but
 * `resource_type` beside `resource_name` is not.
 */
function misspellingText(column: string, names: readonly string[]): string[] {
  const suggestion = nearestWord(column, names);
  if (
    suggestion === undefined ||
    editDistance(column, suggestion.toLowerCase()) > MAX_TYPO_DISTANCE
  )
    return [];
  const question = `did you mean the optional "${column}"? Rename it to that or to something else`;
  return [`has an unknown column ${quoteShort(suggestion)} (${question})`];
}

/** The header's separator if it is not a comma: one wide cell then contains several known names. */
function findOtherSeparator(
  names: readonly string[],
  known: readonly string[],
): string | undefined {
  const separators = {
    ';': 'semicolons',
    '\t': 'tabs',
    '|': 'bars',
    '\r': 'carriage returns',
  };
  for (const [separator, word] of Object.entries(separators)) {
    const parts = names.flatMap((name) => name.split(separator)).map((part) => part.trim());
    const matches = parts.filter((part) => known.includes(part.toLowerCase()));
    if (matches.length > 1) return word;
  }
  return undefined;
}

function refusal(file: string, problem: string, columns: ImportColumns): Failure {
  const { required, optional, needs, oneOf } = columns;
  const expectedColumns = (needs ?? oneOf)?.map(joinWithOr) ?? required;
  // If a field has many names, a list of all of them would hide what is missing.
  const optionalText =
    optional.length === 0 || oneOf !== undefined ? '' : `; optional: ${optional.join(', ')}`;
  return new Failure('usage', `${file} ${problem}`, {
    where: `${file}, line 1`,
    expected: `a header row with ${expectedColumns.join(', ')}${optionalText}`,
    hint:
      needs === undefined
        ? 'add a header row with these names, cells separated by commas'
        : "export it with these columns, or use the JSON response of the tool's API",
  });
}

/** Cells as text. An empty cell, a missing column and a JSON null are all `''`. */
export interface FileRow {
  readonly line: number;
  cell(column: string): string;
  /** Non-empty cells of unknown columns. */
  extras(): Readonly<Record<string, string>> | undefined;
  /** The original row, on one line of at most 500 characters. */
  excerpt(): string;
}

/** A line that is not a row. */
export interface BrokenLine {
  readonly line: number;
  readonly problem: string;
  readonly text: string;
}

export function isBroken(row: FileRow | BrokenLine): row is BrokenLine {
  return 'problem' in row;
}

/** Thrown while a row is read. It becomes a reject, never a failure. */
export class RowFault extends Error {
  override readonly name = 'BadRow';
}

/** A row's text, shortened for a reject. */
export function excerptText(text: string): string {
  return shortText(text, 499);
}
