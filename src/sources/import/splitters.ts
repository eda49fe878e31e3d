/** Splits a stream of bytes of any length into numbered lines. */

import { formatCount } from '../../domain/figures.ts';

/** One line of a file, without its line break. */
export interface TextLine {
  readonly number: number;
  readonly text: string;
  /** Set if the line cannot be read as text. A line that is too long has an empty text. */
  readonly problem?: string;
}

/**
 * The most characters in a line. Longer lines are not stored, so that a missing line break does not
 * use up memory.
 */
export const MAX_LINE_CHARACTERS = 1_000_000;

/** Takes bytes in pieces of any size and returns complete lines. Reads UTF-8 and drops a BOM. */
export class LineSplitter {
  readonly #decoder = new TextDecoder('utf-8');
  #rest = '';
  #tooLong = false;
  #number = 0;

  push(bytes: Uint8Array): TextLine[] {
    return this.#cut(this.#decoder.decode(bytes, { stream: true }));
  }

  /** The last line, if the file does not end with a line break. */
  end(): TextLine[] {
    const lines = this.#cut(this.#decoder.decode());
    const isOpen = this.#rest !== '' || this.#tooLong;
    return isOpen ? [...lines, this.#take(this.#rest)] : lines;
  }

  #cut(text: string): TextLine[] {
    const pieces = (this.#rest + text).split('\n');
    this.#rest = pieces.pop() ?? '';
    const lines = pieces.map((piece) => this.#take(piece));
    if (this.#rest.length > MAX_LINE_CHARACTERS) {
      this.#tooLong = true;
      this.#rest = '';
    }
    return lines;
  }

  #take(piece: string): TextLine {
    this.#number += 1;
    const number = this.#number;
    const tooLong = this.#tooLong || piece.length > MAX_LINE_CHARACTERS;
    this.#tooLong = false;
    return toLine(number, piece.endsWith('\r') ? piece.slice(0, -1) : piece, tooLong);
  }
}

/** The line, with the problem that makes it unreadable, if any. */
function toLine(number: number, text: string, isTooLong: boolean): TextLine {
  if (isTooLong) return { number, text: '', problem: TOO_LONG };
  return text.includes('\uFFFD') ? { number, text, problem: NOT_UTF8 } : { number, text };
}

const LIMIT_TEXT = formatCount(MAX_LINE_CHARACTERS, 'character');
const TOO_LONG = `the line is longer than ${LIMIT_TEXT}; check its line break`;
const NOT_UTF8 = 'the line has bytes that are not UTF-8; save the file as UTF-8';

/** Takes bytes in pieces of any size and returns each element once it is complete. */
export class JsonArraySplitter {
  readonly #decoder = new TextDecoder('utf-8');
  #number = 0;
  #element = '';
  #tooLong = false;
  /** Number of open brackets: 0 before and after the array, 1 between its elements. */
  #depth = 0;
  #isInText = false;
  #isEscaped = false;
  #isClosed = false;

  push(bytes: Uint8Array): TextLine[] {
    return this.#cut(this.#decoder.decode(bytes, { stream: true }));
  }

  /**
   * The rest of the file. If the array is cut off, this is a broken line, since rows are missing.
   */
  end(): TextLine[] {
    const lines = this.#cut(this.#decoder.decode());
    const isEmpty = this.#element.trim() === '' && !this.#tooLong;
    if (this.#isClosed && isEmpty) return lines;
    const problem = this.#isClosed ? AFTER_THE_END : CUT_OFF;
    return [...lines, { number: this.#number + 1, text: this.#element, problem }];
  }

  #cut(text: string): TextLine[] {
    const found: TextLine[] = [];
    let from = 0;
    for (let at = 0; at < text.length; at += 1) {
      const boundary = this.#step(text[at] ?? '');
      if (boundary === undefined) continue;
      this.#keep(text.slice(from, at));
      from = at + 1;
      if (boundary === 'element') found.push(...this.#take());
    }
    this.#keep(text.slice(from));
    return found;
  }

  /**
   * Whether this character opens the array or ends an element. All other characters belong to an
   * element.
   */
  #step(character: string): 'array' | 'element' | undefined {
    if (this.#isInText) {
      if (!this.#isEscaped && character === '"') this.#isInText = false;
      this.#isEscaped = !this.#isEscaped && character === '\\';
      return undefined;
    }
    if (this.#isClosed) return undefined;
    if (character === '"') this.#isInText = true;
    if (character === ',' && this.#depth === 1) return 'element';
    if (character === '[' || character === '{') {
      this.#depth += 1;
      return this.#depth === 1 ? 'array' : undefined;
    }
    if (character !== ']' && character !== '}') return undefined;
    this.#depth -= 1;
    this.#isClosed = this.#depth === 0;
    return this.#isClosed ? 'element' : undefined;
  }

  #keep(piece: string): void {
    this.#element += piece;
    if (this.#element.length <= MAX_LINE_CHARACTERS) return;
    this.#tooLong = true;
    this.#element = '';
  }

  #take(): TextLine[] {
    const [text, isTooLong] = [this.#element.trim(), this.#tooLong];
    this.#element = '';
    this.#tooLong = false;
    if (text === '' && !isTooLong) return [];
    this.#number += 1;
    return [toLine(this.#number, text, isTooLong)];
  }
}

const CUT_OFF = 'the array does not end; the file may be incomplete';
const AFTER_THE_END = 'the file continues after the end of the array; remove the rest';
