/**
 * How lines become CSV records, and how a bad quote costs its own line and not the rest of
 * the file.
 */

import { splitCells } from './csvCells.ts';
import { type Line, LONGEST_LINE } from './lines.ts';
import type { BrokenLine } from './row.ts';

/** The cells of one record and the line on which it starts. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
  readonly text: string;
}

type Found = CsvRecord | BrokenLine;

/** A quoted cell may hold line breaks, but not this many: then the quote is a slip. */
const MOST_LINES = 100;

interface WholeLine {
  readonly number: number;
  readonly text: string;
}

/**
 * Joins lines to records. Where a quote is never closed, or closed by the quote of another row (the
 * record then has not the header's number of cells), its line is broken and the lines after it are
 * read for themselves.
 */
export class CsvRecords {
  /** Cells of the header, once it is known. */
  width: number | undefined;
  readonly #separator: string;
  #open: WholeLine[] = [];
  #openLength = 0;

  constructor(separator = ',') {
    this.#separator = separator;
  }

  push(lines: readonly Line[]): Found[] {
    return lines.flatMap((line) => this.#take(line));
  }

  /** What is left when the file ends. */
  end(): Found[] {
    const found: Found[] = [];
    while (this.#open.length > 0) found.push(...this.#giveUp('before the file ends'));
    return found;
  }

  #take({ number, text, problem }: Line): Found[] {
    if (problem !== undefined) return [{ line: number, problem, text }];
    if (this.#open.length === 0 && text.trim() === '') return [];
    this.#open.push({ number, text });
    this.#openLength += text.length;
    if (hasOddQuotes(text) === this.#open.length > 1) return this.#close();
    const isSlip = this.#open.length >= MOST_LINES || this.#openLength > LONGEST_LINE;
    return isSlip ? this.#giveUp(`within ${MOST_LINES} lines`) : [];
  }

  #close(): Found[] {
    const [first] = this.#open;
    if (first === undefined) return [];
    const spans = this.#open.length > 1;
    const text = spans ? this.#open.map((part) => part.text).join('\n') : first.text;
    const cells = splitCells(text, this.#separator);
    const fits = cells !== undefined && (this.width ?? cells.length) === cells.length;
    if (spans && !fits) return this.#giveUp('in the same row');
    this.#clear();
    return [
      cells === undefined
        ? { line: first.number, problem: STRAY_QUOTE, text }
        : { line: first.number, cells, text },
    ];
  }

  #giveUp(where: string): Found[] {
    const [first, ...again] = this.#open;
    this.#clear();
    if (first === undefined) return [];
    const problem = `a quote is not closed ${where}; ${HOW_TO_QUOTE}`;
    const broken = { line: first.number, problem, text: first.text };
    return [broken, ...again.flatMap((line) => this.#take(line))];
  }

  #clear(): void {
    this.#open = [];
    this.#openLength = 0;
  }
}

const HOW_TO_QUOTE = 'put the whole cell in quotes and double the quotes inside it';
const STRAY_QUOTE = `found a quote inside a cell; ${HOW_TO_QUOTE}`;

/** A line with an odd number of quotes opens or closes a cell that spans lines. */
function hasOddQuotes(text: string): boolean {
  let odd = false;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) odd = !odd;
  return odd;
}
