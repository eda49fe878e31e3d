/** Splits a stream of bytes of any length into numbered lines. */

import { formatCount } from '../../domain/counted.ts';

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
export function toLine(number: number, text: string, isTooLong: boolean): TextLine {
  if (isTooLong) return { number, text: '', problem: TOO_LONG };
  return text.includes('\uFFFD') ? { number, text, problem: NOT_UTF8 } : { number, text };
}

const LIMIT_TEXT = formatCount(MAX_LINE_CHARACTERS, 'character');
const TOO_LONG = `the line is longer than ${LIMIT_TEXT}; check its line break`;
const NOT_UTF8 = 'the line has bytes that are not UTF-8; save the file as UTF-8';
