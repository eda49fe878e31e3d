/** What fits on a terminal: its size, the width of text, wrapped lines, and tables within it. */

import { plainText } from '../platform/plainText.ts';

/** In characters. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
}

/** Of a pipe or a terminal that does not state its size. */
const UNKNOWN: Screen = { columns: 80, rows: 24 };

/** Smaller sizes are errors of the terminal: nothing could be read on them. */
const SMALLEST: Screen = { columns: 40, rows: 12 };

export function screenOf({ columns, rows }: Partial<Screen> = {}): Screen {
  return {
    columns: columns !== undefined && columns >= SMALLEST.columns ? columns : UNKNOWN.columns,
    rows: rows !== undefined && rows >= SMALLEST.rows ? rows : UNKNOWN.rows,
  };
}

/** How much of a result is printed: what fits on the screen or, with `--all`, everything. */
export interface Reading {
  readonly screen: Screen;
  readonly all: boolean;
}

export function readingOf(
  { screen }: { readonly screen?: Partial<Screen> },
  { all = false }: { readonly all?: boolean },
): Reading {
  return { screen: screenOf(screen), all };
}

const WIDE = new RegExp(
  '[\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\ua4cf\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe30-\\ufe6f' +
    '\\uff00-\\uff60\\uffe0-\\uffe6\\u{1f300}-\\u{1faff}\\u{20000}-\\u{3fffd}]',
  'u',
);

/** Columns that a text takes: two for each East Asian letter and emoji, none for an accent. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += widthOfOne(character);
  return width;
}

function widthOfOne(character: string): number {
  if (character < '\u0300') return 1;
  if (/\p{M}/u.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** `chat-fine-tuned…`: the beginning of a text that is wider than the room for it. */
export function cut(text: string, room: number): string {
  if (widthOf(text) <= room) return text;
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
  /** Before the first line, such as `1. `; further lines are indented as far. */
  readonly mark?: string;
  /** Further lines are cut off; all are kept where it is absent. */
  readonly most?: number;
}

/** A text in lines of whole words, each within the columns; without control characters. */
export function wrapped(text: string, { columns, mark = '', most }: Wrapping): string[] {
  const room = Math.max(1, columns - widthOf(mark));
  const lines: string[] = [];
  let line = '';
  for (const word of plainText(text).split(/ +/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) <= room) line = longer;
    else {
      if (line !== '') lines.push(line);
      line = cut(word, room);
    }
  }
  if (line !== '') lines.push(line);
  const shown = most === undefined ? lines : lines.slice(0, Math.max(1, most));
  const isCut = shown.length < lines.length;
  return shown.map((each, at) => {
    const last = isCut && at === shown.length - 1 ? cut(`${each} …`, room) : each;
    return `${at === 0 ? mark : ' '.repeat(widthOf(mark))}${last}`;
  });
}

export interface Column {
  readonly title: string;
  /** Figures stand to the right. */
  readonly isFigure?: boolean;
  /** Columns are left out where there is no room: those with the highest rank first. */
  readonly rank?: number;
  /** A column of names may be cut to this width; others are never cut. */
  readonly least?: number;
}

const GAP = 2;

/** A header and a line for each row, none wider than the columns of the screen. */
export function fittedTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  room: number,
): string[] {
  const texts = [columns.map(({ title }) => title), ...rows].map((row) =>
    columns.map((_, at) => plainText(row[at] ?? '')),
  );
  const whole = columns.map((column, at) => ({
    ...column,
    at,
    width: Math.max(...texts.map((row) => widthOf(row[at] ?? ''))),
  }));
  const kept = squeezed(leftOut(whole, room), room);
  return texts.map((row) =>
    cut(
      kept
        .map(({ at, width, isFigure = false }) => padded(row[at] ?? '', width, isFigure))
        .join(' '.repeat(GAP))
        .trimEnd(),
      room,
    ),
  );
}

type Measured = Column & { readonly at: number; readonly width: number };

const leastOf = ({ least, width }: Measured) => Math.min(width, least ?? width);

function sumOf(columns: readonly Measured[], width: (column: Measured) => number): number {
  return columns.reduce((all, column) => all + width(column), GAP * (columns.length - 1));
}

function leftOut(columns: readonly Measured[], room: number): readonly Measured[] {
  if (sumOf(columns, leastOf) <= room) return columns;
  const highest = Math.max(...columns.map(({ rank = 0 }) => rank));
  const last = columns.findLast(({ rank = 0 }) => rank === highest);
  if (highest === 0 || last === undefined) return columns;
  return leftOut(
    columns.filter((column) => column !== last),
    room,
  );
}

/** Columns of names share what is missing, the widest first. */
function squeezed(columns: readonly Measured[], room: number): readonly Measured[] {
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
  const shown = cut(text, width);
  const blanks = ' '.repeat(Math.max(0, width - widthOf(shown)));
  return isFigure ? `${blanks}${shown}` : `${shown}${blanks}`;
}

/** A part of an output: its head, then items of a line or more, each whole or not at all. */
export interface Block {
  readonly head: readonly string[];
  readonly items: readonly (readonly string[])[];
}

/** A title with a bullet for each line, wrapped; nothing without lines. */
export function bulletBlock(title: string, lines: readonly string[], columns: number): Block[] {
  if (lines.length === 0) return [];
  return [{ head: [title], items: lines.map((line) => wrapped(line, { columns, mark: '  - ' })) }];
}

/** All blocks where they fit; else as much as fits, and `more`, which says how to see the rest. */
export function onScreen(blocks: readonly Block[], { rows }: Screen, more: string): string[] {
  const whole = laid(blocks);
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

function laid(blocks: readonly Block[]): string[] {
  return blocks.flatMap(({ head, items }, at) => [
    ...(at === 0 ? [] : ['']),
    ...head,
    ...items.flat(),
  ]);
}

function beginning({ head, items }: Block, room: number): string[] {
  const lines = [...head];
  for (const item of items) {
    if (lines.length + item.length > room) break;
    lines.push(...item);
  }
  return lines.length > head.length || (items.length === 0 && lines.length <= room) ? lines : [];
}
