/** Fits text to a terminal: screen size, wrapped lines, and blocks of lines. */

import { plainText } from '../platform/text.ts';
import { displayWidth, fittingStart } from '../domain/textWidth.ts';

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

/**
 * Renders a list within `columns`. If that omits any text, a last line names the options that print
 * all of it.
 */
export function renderFittedList(
  render: (columns: number) => string,
  columns: number,
  options: '--json' | '--all or --json',
): string {
  const text = render(columns);
  if (withoutLayout(text) === withoutLayout(render(Number.POSITIVE_INFINITY))) return text;
  const hint = `Shortened to fit the terminal. To see all of it, add ${options}.`;
  return `${text}\n${wrapText(hint, { columns }).join('\n')}\n`;
}

/** Wrapped lines and narrower columns differ only in their spaces. */
function withoutLayout(text: string): string {
  return text.replace(/\s+/g, ' ');
}

/** `chat-fine-tuned…`: a text cut to at most `room` columns. */
export function truncateText(text: string, room: number): string {
  if (displayWidth(text) <= room) return text;
  return room < 1 ? '' : `${fittingStart(text, room - 1).trimEnd()}…`;
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
