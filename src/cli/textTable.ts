/** Knows how rows line up on a terminal: numbers to the right, control characters shown, never obeyed. */

type Cell = string | number | bigint | null;

/** Columns with a header, two spaces between; null is an empty cell. */
export function textTable(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) => columns.map((_, index) => cellText(row[index] ?? null)));
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...texts.map((row) => row[index]?.length ?? 0)),
  );
  const numeric = columns.map((_, index) =>
    rows.every((row) => typeof row[index] !== 'string') && rows.length > 0,
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((text, index) => pad(text, widths[index] ?? 0, numeric[index] === true))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width));
  return `${[line(columns), line(rule), ...texts.map(line)].join('\n')}\n`;
}

function pad(text: string, width: number, right: boolean): string {
  return right ? text.padStart(width) : text.padEnd(width);
}

/** A name from a provider may hold escape sequences: on a terminal they would be orders. */
function cellText(value: Cell): string {
  if (value === null) return '';
  return plainText(String(value));
}

/** Control and direction characters replaced by a visible mark. */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\u00b7');
}
