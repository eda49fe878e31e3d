/**
 * The columns of an import: which a file must have, which it may leave out, and likely
 * misspellings.
 */

import { Failure } from '../../domain/failure.ts';
import { editDistance, eitherOf, nearest, shown } from '../../platform/wording.ts';

export interface Columns {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /**
   * Whether unknown columns are kept as tags of the fact; otherwise they are left out with a
   * warning.
   */
  readonly keepsExtras: boolean;
  /**
   * Set for another tool's own export, which has columns of its own and spells ours as it likes: of
   * each group here at least one must be there.
   */
  readonly needs?: readonly (readonly string[])[];
  /** The same of our own names, which are spelled as they are. */
  readonly oneOf?: readonly (readonly string[])[];
  /**
   * Columns that a JSON file may tell as an object or a list: the cell is its text. Where unknown
   * columns are left out, those of that kind are too.
   */
  readonly nested?: readonly string[];
  /** Between the cells of a CSV file; a comma unless told. */
  readonly separator?: string;
}

/** Where each column stands in this file. */
export interface Header {
  readonly indexOf: ReadonlyMap<string, number>;
  /** Unknown columns as the file spells them. */
  readonly extras: readonly { readonly name: string; readonly index: number }[];
  readonly width: number;
}

/** Which of our columns a name in the file means; in an export `Alert ID` means `alert_id`. */
export function columnFinder(columns: Columns): (name: string) => string | undefined {
  const spelled = columns.needs === undefined ? inAnyCase : lettersAlone;
  const known = [...columns.required, ...columns.optional];
  const byName = new Map(known.map((column) => [spelled(column), column]));
  return (name) => byName.get(spelled(name));
}

const inAnyCase = (name: string) => name.trim().toLowerCase();
export const lettersAlone = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/**
 * Reads the header row; columns stand in any order, in any case.
 * @throws {Failure} `usage` naming the file, what is missing and what was probably meant.
 */
export function readHeader(cells: readonly string[], columns: Columns, file: string): Header {
  const columnOf = columnFinder(columns);
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
  const problem = headerProblem({ indexOf, extras, width: cells.length }, columns);
  if (problem !== undefined) throw refusal(file, problem, columns);
  const named = extras.filter(({ name }) => name !== '');
  return { indexOf, extras: named, width: cells.length };
}

function headerProblem({ indexOf, extras }: Header, columns: Columns): string | undefined {
  const names = extras.map(({ name }) => name);
  const groups = columns.needs ?? columns.oneOf;
  const lacking = groups?.find((group) => !group.some((column) => indexOf.has(column)));
  if (lacking !== undefined) return `has no column ${eitherOf(lacking)}`;
  if (columns.needs !== undefined) return undefined;
  const missing = columns.required.filter((column) => !indexOf.has(column));
  const absent = columns.optional.filter((column) => !indexOf.has(column) && column.length > 3);
  const misspelled = absent.flatMap((column) => misspelling(column, names));
  if (missing.length + misspelled.length === 0) return undefined;
  const separator = otherSeparator(names, [...columns.required, ...columns.optional]);
  if (separator !== undefined) return `has cells separated by ${separator}, expected commas`;
  const lacks = missing.length === 0 ? [] : [lackText(missing, names)];
  return [...lacks, ...misspelled].join('; ');
}

function lackText(missing: readonly string[], names: readonly string[]): string {
  const told = missing.map((column) => {
    const meant = nearest(column, names);
    return meant === undefined ? `"${column}"` : `"${column}" (did you mean ${shown(meant)}?)`;
  });
  return `has no ${told.length === 1 ? 'column' : 'columns'} ${told.join(', ')}`;
}

/** So many letters off, a name is a slip; further off it is a column of its own. */
const SLIP = 2;

/**
 * An optional column may be left out, but not lost by a slip: `cache_tokens` is asked about,
 * `resource_type` beside `resource_name` is not.
 */
function misspelling(column: string, names: readonly string[]): string[] {
  const meant = nearest(column, names);
  if (meant === undefined || editDistance(column, meant.toLowerCase()) > SLIP) return [];
  const ask = `did you mean the optional "${column}"? Rename it to that or to something else`;
  return [`has an unknown column ${shown(meant)} (${ask})`];
}

/** One wide cell that holds known names is a header with another separator. */
function otherSeparator(names: readonly string[], known: readonly string[]): string | undefined {
  const separators = {
    ';': 'semicolons',
    '\t': 'tabs',
    '|': 'bars',
    '\r': 'carriage returns',
  };
  for (const [separator, word] of Object.entries(separators)) {
    const parts = names.flatMap((name) => name.split(separator)).map((part) => part.trim());
    const hits = parts.filter((part) => known.includes(part.toLowerCase()));
    if (hits.length > 1) return word;
  }
  return undefined;
}

function refusal(file: string, problem: string, columns: Columns): Failure {
  const { required, optional, needs, oneOf } = columns;
  const wanted = (needs ?? oneOf)?.map(eitherOf) ?? required;
  // Where a field has many names, the list of all would hide what is missing.
  const beside =
    optional.length === 0 || oneOf !== undefined ? '' : `; optional: ${optional.join(', ')}`;
  return new Failure('usage', `${file} ${problem}`, {
    where: `${file}, line 1`,
    expected: `a header row with ${wanted.join(', ')}${beside}`,
    hint:
      needs === undefined
        ? 'add a header row with these names, cells separated by commas'
        : "export it with these columns, or use the JSON response of the tool's API",
  });
}
