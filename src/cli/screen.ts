/** Fits text to a terminal: screen size, text width, wrapped lines, and tables. */

import { plainText } from '../platform/text.ts';

/** In characters. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** The size assumed for a pipe, and for a terminal that does not report its size. */
const UNKNOWN: ScreenSize = { columns: 80, rows: 24 };

/** Smaller sizes are treated as unknown. */
const SMALLEST: ScreenSize = { columns: 40, rows: 12 };

export function toScreenSize({ columns, rows }: Partial<ScreenSize> = {}): ScreenSize {
  return {
    columns: columns !== undefined && columns >= SMALLEST.columns ? columns : UNKNOWN.columns,
    rows: rows !== undefined && rows >= SMALLEST.rows ? rows : UNKNOWN.rows,
  };
}

/** How much of a result is printed: one screen or, with `--all`, everything. */
export interface PrintOptions {
  readonly screen: ScreenSize;
  readonly all: boolean;
}

export function toPrintOptions(
  { screen }: { readonly screen?: Partial<ScreenSize> },
  { all = false }: { readonly all?: boolean },
): PrintOptions {
  return { screen: toScreenSize(screen), all };
}

/** The columns of a list: those of the terminal, or no limit in a pipe and with `--all`. */
export function listColumns(
  { screen, terminalOut }: { readonly screen?: Partial<ScreenSize>; readonly terminalOut: boolean },
  { all = false }: { readonly all?: boolean } = {},
): number {
  return all || !terminalOut ? Number.POSITIVE_INFINITY : toScreenSize(screen).columns;
}

/** Renders a list within `columns`. If that omits any text, `hint` follows in a last line. */
export function renderFittedList(
  render: (columns: number) => string,
  columns: number,
  hint: string,
): string {
  const text = render(columns);
  if (withoutLayout(text) === withoutLayout(render(Number.POSITIVE_INFINITY))) return text;
  return `${text}\n${wrapText(hint, { columns }).join('\n')}\n`;
}

/** Wrapped lines and narrower columns differ only in their spaces. */
function withoutLayout(text: string): string {
  return text.replace(/\s+/g, ' ');
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

const WIDE = new RegExp(
  '[\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\ua4cf\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe30-\\ufe6f' +
    '\\uff00-\\uff60\\uffe0-\\uffe6\\u{1f300}-\\u{1faff}\\u{20000}-\\u{3fffd}]',
  'u',
);

/** The width of a text in columns: two for an East Asian letter or emoji, 0 for an accent. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += widthOfOne(character);
  return width;
}

function widthOfOne(character: string): number {
  if (character < '\u0300') return 1;
  if (/\p{M}/u.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** `chat-fine-tuned…`: a text cut to at most `room` columns. */
export function truncateText(text: string, room: number): string {
  if (displayWidth(text) <= room) return text;
  let width = 0;
  let kept = '';
  for (const character of text) {
    width += widthOfOne(character);
    if (width > room - 1) break;
    kept += character;
  }
  return room < 1 ? '' : `${kept.trimEnd()}…`;
}

interface Wrapping {
  readonly columns: number;
  /** Prefix of the first line, such as `1. `; further lines are indented by its width. */
  readonly mark?: string;
  /** Maximum number of lines; no limit if absent. */
  readonly most?: number;
}

/** Wraps a text at words into lines of at most `columns` columns, without control characters. */
export function wrapText(text: string, { columns, mark = '', most }: Wrapping): string[] {
  const room = Math.max(1, columns - displayWidth(mark));
  const lines: string[] = [];
  let line = '';
  for (const word of plainText(text).split(/ +/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (displayWidth(longer) <= room) line = longer;
    else {
      if (line !== '') lines.push(line);
      line = truncateText(word, room);
    }
  }
  if (line !== '') lines.push(line);
  const shown = most === undefined ? lines : lines.slice(0, Math.max(1, most));
  const isCut = shown.length < lines.length;
  return shown.map((each, at) => {
    const last = isCut && at === shown.length - 1 ? truncateText(`${each} …`, room) : each;
    return `${at === 0 ? mark : ' '.repeat(displayWidth(mark))}${last}`;
  });
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

const GAP = 2;

/** A header and one line per row, each at most `room` columns wide. */
export function renderFittedTable(
  columns: readonly FittedColumn[],
  rows: readonly (readonly string[])[],
  room: number,
): string[] {
  const texts = [columns.map(({ title }) => title), ...rows].map((row) =>
    columns.map((_, at) => plainText(row[at] ?? '')),
  );
  const whole = columns.map((column, at) => ({
    ...column,
    at,
    width: Math.max(...texts.map((row) => displayWidth(row[at] ?? ''))),
  }));
  const kept = narrowed(withoutRanked(whole, room), room);
  return texts.map((row) =>
    truncateText(
      kept
        .map(({ at, width, isFigure = false }) => padded(row[at] ?? '', width, isFigure))
        .join(' '.repeat(GAP))
        .trimEnd(),
      room,
    ),
  );
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
  const shown = truncateText(text, width);
  const blanks = ' '.repeat(Math.max(0, width - displayWidth(shown)));
  return isFigure ? `${blanks}${shown}` : `${shown}${blanks}`;
}

/** A part of an output: its head, then items. An item has one or more lines and is never split. */
export interface OutputBlock {
  readonly head: readonly string[];
  readonly items: readonly (readonly string[])[];
}

/** A title and one wrapped bullet per line; empty if there are no lines. */
export function bulletBlock(
  title: string,
  lines: readonly string[],
  columns: number,
): OutputBlock[] {
  if (lines.length === 0) return [];
  return [{ head: [title], items: lines.map((line) => wrapText(line, { columns, mark: '  - ' })) }];
}

/** All blocks if they fit on the screen; otherwise as much as fits, and the hint `more`. */
export function fitBlocks(
  blocks: readonly OutputBlock[],
  { rows }: ScreenSize,
  more: string,
): string[] {
  const whole = linesOf(blocks);
  if (whole.length < rows) return whole;
  const kept: string[] = [];
  for (const block of blocks) {
    const room = rows - 2 - kept.length - (kept.length === 0 ? 0 : 1);
    const fitting = beginning(block, room);
    if (fitting.length > 0) kept.push(...(kept.length === 0 ? [] : ['']), ...fitting);
    if (fitting.length < block.head.length + block.items.flat().length) break;
  }
  return [...kept, more];
}

function linesOf(blocks: readonly OutputBlock[]): string[] {
  return blocks.flatMap(({ head, items }, at) => [
    ...(at === 0 ? [] : ['']),
    ...head,
    ...items.flat(),
  ]);
}

/** As many items as fit into `room` lines, with the head; empty if none fits. */
function beginning({ head, items }: OutputBlock, room: number): string[] {
  const lines = [...head];
  for (const item of items) {
    if (lines.length + item.length > room) break;
    lines.push(...item);
  }
  return lines.length > head.length || (items.length === 0 && lines.length <= room) ? lines : [];
}
