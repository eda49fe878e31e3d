/** Renders tables for a terminal: of any width, or fitted to the screen. */

import { plainText } from '../platform/text.ts';
import { displayWidth } from '../domain/textWidth.ts';
import { truncateText, wrapText } from './screen.ts';

type Cell = string | number | bigint | null;

/** Spaces between two columns. */
const GAP = 2;

/**
 * A header, a rule and one line per row. Null is an empty cell. Numeric columns are aligned to the
 * right, and so are the columns at the indexes in `figures`, which contain figures as text.
 */
export function renderTextTable(
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  figures: readonly number[] = [],
): string {
  const headers = columns.map(plainText);
  const texts = rows.map((row) => columns.map((_, at) => plainText(String(row[at] ?? ''))));
  const widths = widthsOf(columns.length, [headers, ...texts]);
  const isRightAligned = columns.map(
    (_, at) => figures.includes(at) || isNumeric(rows.map((row) => row[at] ?? null)),
  );
  const line = (cells: readonly string[]) =>
    joined(cells.map((text, at) => padded(text, widths[at] ?? 0, isRightAligned[at] === true)));
  const rule = widths.map((width) => '-'.repeat(width));
  return `${[headers, rule, ...texts].map(line).join('\n')}\n`;
}

function isNumeric(cells: readonly Cell[]): boolean {
  return cells.length > 0 && cells.every((cell) => typeof cell !== 'string');
}

/** The width of each column. A loop, because a call cannot have a million arguments. */
function widthsOf(columns: number, rows: readonly (readonly string[])[]): number[] {
  const widths = Array.from({ length: columns }, () => 0);
  for (const row of rows) {
    for (const [at, text] of row.entries()) {
      widths[at] = Math.max(widths[at] ?? 0, displayWidth(text));
    }
  }
  return widths;
}

function joined(cells: readonly string[]): string {
  return cells.join(' '.repeat(GAP)).trimEnd();
}

export interface FittedColumn {
  readonly title: string;
  /** Figures are aligned to the right. */
  readonly isFigure?: boolean;
  /** On a narrow screen, columns are omitted from the highest rank down; rank 0 always stays. */
  readonly rank?: number;
  /** The smallest width to which the column may be cut; without it, the column is never cut. */
  readonly least?: number;
}

/**
 * A table within `columns`. If its last columns, `below`, do not fit beside the others, they are
 * wrapped on the lines below each row.
 */
export function stackedTable(
  {
    beside,
    below,
  }: { readonly beside: readonly FittedColumn[]; readonly below: readonly FittedColumn[] },
  rows: readonly (readonly string[])[],
  columns: number,
): (room: number) => string[] {
  const whole = renderFittedTable([...beside, ...below], rows, Number.POSITIVE_INFINITY);
  if (whole.every((line) => displayWidth(line) <= columns)) return () => whole;
  return (room) => {
    const [head = '', ...lines] = renderFittedTable(beside, rows, room);
    const belowLines = (at: number) =>
      (rows[at]?.slice(beside.length) ?? []).flatMap((text) =>
        wrapText(text, { columns: room, mark: '  ' }),
      );
    return [head, ...lines.flatMap((line, at) => [line, ...belowLines(at)])];
  };
}

/** A header and one line per row, each at most `room` columns wide. */
export function renderFittedTable(
  columns: readonly FittedColumn[],
  rows: readonly (readonly string[])[],
  room: number,
): string[] {
  const texts = [columns.map(({ title }) => title), ...rows].map((row) =>
    columns.map((_, at) => plainText(row[at] ?? '')),
  );
  const widths = widthsOf(columns.length, texts);
  const whole = columns.map((column, at) => ({ ...column, at, width: widths[at] ?? 0 }));
  const kept = narrowed(withoutRanked(whole, room), room);
  return texts.map((row) =>
    truncateText(
      joined(
        kept.map(({ at, width, isFigure = false }) =>
          padded(truncateText(row[at] ?? '', width), width, isFigure),
        ),
      ),
      room,
    ),
  );
}

const INDENT = '  ';

interface TitledTable {
  readonly title: string;
  readonly columns: readonly FittedColumn[];
  readonly rows: readonly (readonly string[])[];
  /** Wrapped below the table. */
  readonly notes: readonly string[];
}

/** A title, and below it an indented table with its notes. */
export function renderTitledTable({ title, columns, rows, notes }: TitledTable, room: number) {
  const table = renderFittedTable(columns, rows, room - INDENT.length);
  const lines = [
    ...wrapText(title, { columns: room }),
    ...table.map((line) => `${INDENT}${line}`),
    ...notes.flatMap((note) => wrapText(note, { columns: room, mark: INDENT })),
  ];
  return `${lines.join('\n')}\n`;
}

type Measured = FittedColumn & { readonly at: number; readonly width: number };

const leastOf = ({ least, width }: Measured) => Math.min(width, least ?? width);

function sumOf(columns: readonly Measured[], width: (column: Measured) => number): number {
  return columns.reduce((all, column) => all + width(column), GAP * (columns.length - 1));
}

/** Omits columns by rank until the table fits at its smallest widths. */
function withoutRanked(columns: readonly Measured[], room: number): readonly Measured[] {
  if (sumOf(columns, leastOf) <= room) return columns;
  const highest = Math.max(...columns.map(({ rank = 0 }) => rank));
  const last = columns.findLast(({ rank = 0 }) => rank === highest);
  if (highest === 0 || last === undefined) return columns;
  return withoutRanked(
    columns.filter((column) => column !== last),
    room,
  );
}

/** Narrows the columns that may be cut until the table fits, the widest column first. */
function narrowed(columns: readonly Measured[], room: number): readonly Measured[] {
  let over = sumOf(columns, ({ width }) => width) - room;
  const widths = new Map(columns.map((column) => [column.at, column.width]));
  while (over > 0) {
    const [widest] = columns
      .filter((column) => (widths.get(column.at) ?? 0) > leastOf(column))
      .toSorted((a, b) => (widths.get(b.at) ?? 0) - (widths.get(a.at) ?? 0));
    if (widest === undefined) break;
    widths.set(widest.at, (widths.get(widest.at) ?? 0) - 1);
    over -= 1;
  }
  return columns.map((column) => ({ ...column, width: widths.get(column.at) ?? column.width }));
}

function padded(text: string, width: number, isFigure: boolean): string {
  const blanks = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return isFigure ? `${blanks}${text}` : `${text}${blanks}`;
}
