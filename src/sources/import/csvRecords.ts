/**
 * Joins lines into CSV records. A misplaced quote breaks its own line, but not the rest of the
 * file.
 */

import { splitCsvCells } from './csvCells.ts';
import { type TextLine, MAX_LINE_CHARACTERS } from './lines.ts';
import type { BrokenLine } from './row.ts';

/** The cells of one record, and the line on which it starts. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
  readonly text: string;
}

type ParsedLine = CsvRecord | BrokenLine;

/** A quoted cell may contain line breaks. With this many lines, the quote is a mistake. */
const MAX_CELL_LINES = 100;

interface WholeLine {
  readonly number: number;
  readonly text: string;
}

/**
 * Joins lines into records. If a quote is never closed, its line is broken, and the lines after it
 * are read on their own. The same applies if it is closed by a quote of another row; the number of
 * cells then differs from the header's.
 */
export class CsvRecords {
  /** The number of cells in the header, once it is known. */
  width: number | undefined;
  readonly #separator: string;
  #open: WholeLine[] = [];
  #openLength = 0;

  constructor(separator = ',') {
    this.#separator = separator;
  }

  push(lines: readonly TextLine[]): ParsedLine[] {
    return lines.flatMap((line) => this.#take(line));
  }

  /** The remaining records when the file ends. */
  end(): ParsedLine[] {
    const found: ParsedLine[] = [];
    while (this.#open.length > 0) found.push(...this.#giveUp('before the file ends'));
    return found;
  }

  #take({ number, text, problem }: TextLine): ParsedLine[] {
    if (problem !== undefined) return [{ line: number, problem, text }];
    if (this.#open.length === 0 && text.trim() === '') return [];
    this.#open.push({ number, text });
    this.#openLength += text.length;
    if (hasOddQuotes(text) === this.#open.length > 1) return this.#close();
    const isUnclosed =
      this.#open.length >= MAX_CELL_LINES || this.#openLength > MAX_LINE_CHARACTERS;
    return isUnclosed ? this.#giveUp(`within ${MAX_CELL_LINES} lines`) : [];
  }

  #close(): ParsedLine[] {
    const [first] = this.#open;
    if (first === undefined) return [];
    const spans = this.#open.length > 1;
    const text = spans ? this.#open.map((part) => part.text).join('\n') : first.text;
    const cells = splitCsvCells(text, this.#separator);
    const fits = cells !== undefined && (this.width ?? cells.length) === cells.length;
    if (spans && !fits) return this.#giveUp('in the same row');
    this.#clear();
    return [
      cells === undefined
        ? { line: first.number, problem: STRAY_QUOTE, text }
        : { line: first.number, cells, text },
    ];
  }

  #giveUp(where: string): ParsedLine[] {
    const [first, ...following] = this.#open;
    this.#clear();
    if (first === undefined) return [];
    const problem = `a quote is not closed ${where}; ${HOW_TO_QUOTE}`;
    const broken = { line: first.number, problem, text: first.text };
    return [broken, ...following.flatMap((line) => this.#take(line))];
  }

  #clear(): void {
    this.#open = [];
    this.#openLength = 0;
  }
}

const HOW_TO_QUOTE = 'put the whole cell in quotes and double the quotes inside it';
const STRAY_QUOTE = `found a quote inside a cell; ${HOW_TO_QUOTE}`;

/** Whether a line has an odd number of quotes, so it opens or closes a cell that spans lines. */
function hasOddQuotes(text: string): boolean {
  let odd = false;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) odd = !odd;
  return odd;
}
