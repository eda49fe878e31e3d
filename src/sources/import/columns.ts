/**
 * Knows the columns of an import: which a file must have, which it may leave out, and likely
 * misspellings.
 */

import { Failure } from '../../domain/failure.ts';
import { nearest, shown } from '../../platform/wording.ts';

export interface Columns {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /**
   * Whether unknown columns are kept as tags of the fact; otherwise they are left out with a
   * warning.
   */
  readonly keepsExtras: boolean;
}

/** Where each column stands in this file. */
export interface Header {
  readonly indexOf: ReadonlyMap<string, number>;
  /** Unknown columns as the file spells them. */
  readonly extras: readonly { readonly name: string; readonly index: number }[];
  readonly width: number;
}

/**
 * Reads the header row; columns stand in any order, in any case.
 * @throws {Failure} `usage` naming the file, what is missing and what was probably meant.
 */
export function readHeader(cells: readonly string[], columns: Columns, file: string): Header {
  const known = [...columns.required, ...columns.optional];
  if (cells.some((cell) => cell.includes('\r'))) {
    throw refusal(file, 'ends its lines by lone carriage returns, not by line feeds', columns);
  }
  const indexOf = new Map<string, number>();
  const extras: { name: string; index: number }[] = [];
  for (const [index, cell] of cells.entries()) {
    const name = cell.trim();
    const column = name.toLowerCase();
    if (!known.includes(column)) extras.push({ name, index });
    else if (indexOf.has(column)) throw refusal(file, `has the column "${column}" twice`, columns);
    else indexOf.set(column, index);
  }
  const problem = headerProblem({ indexOf, extras, width: cells.length }, columns);
  if (problem !== undefined) throw refusal(file, problem, columns);
  const named = extras.filter(({ name }) => name !== '');
  return { indexOf, extras: named, width: cells.length };
}

function headerProblem({ indexOf, extras }: Header, columns: Columns): string | undefined {
  const names = extras.map(({ name }) => name);
  const missing = columns.required.filter((column) => !indexOf.has(column));
  const misspelled = columns.optional.filter(
    (column) => !indexOf.has(column) && column.length > 3 && nearest(column, names) !== undefined,
  );
  if (missing.length + misspelled.length === 0) return undefined;
  const separator = otherSeparator(names, [...columns.required, ...columns.optional]);
  if (separator !== undefined) return `separates its cells by ${separator}, not by commas`;
  const told = [...missing, ...misspelled].map((column) => {
    const meant = nearest(column, names);
    return meant === undefined ? `"${column}"` : `"${column}" (is ${shown(meant)} meant for it?)`;
  });
  const noun = told.length === 1 ? 'column' : 'columns';
  return `has no ${noun} ${told.join(', ')}`;
}

/** One wide cell that holds known names is a header with another separator. */
function otherSeparator(names: readonly string[], known: readonly string[]): string | undefined {
  const separators = {
    ';': 'semicolons',
    '\t': 'tabs',
    '|': 'bars',
    '\r': 'lone carriage returns',
  };
  for (const [separator, word] of Object.entries(separators)) {
    const parts = names.flatMap((name) => name.split(separator)).map((part) => part.trim());
    const hits = parts.filter((part) => known.includes(part.toLowerCase()));
    if (hits.length > 1) return word;
  }
  return undefined;
}

function refusal(file: string, problem: string, { required, optional }: Columns): Failure {
  return new Failure('usage', `${file} ${problem}`, {
    where: `${file}, line 1`,
    expected: `a header row with ${required.join(', ')}; optional: ${optional.join(', ')}`,
    hint: 'give the file a header row with these names, cells separated by commas',
  });
}
