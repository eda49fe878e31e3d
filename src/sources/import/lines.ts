/** Splits a stream of bytes of any length into numbered lines. */

import { counted } from '../../domain/counted.ts';

/** One line of a file, without its line break. */
export interface Line {
  readonly number: number;
  readonly text: string;
  /** Set if the line cannot be read as text. A line that is too long has an empty text. */
  readonly problem?: string;
}

/**
 * The most characters in a line. Longer lines are not stored, so that a missing line break does not
 * use up memory.
 */
export const LONGEST_LINE = 1_000_000;

/** Takes bytes in pieces of any size and returns complete lines. Reads UTF-8 and drops a BOM. */
export class LineCutter {
  readonly #decoder = new TextDecoder('utf-8');
  #rest = '';
  #tooLong = false;
  #number = 0;

  push(bytes: Uint8Array): Line[] {
    return this.#cut(this.#decoder.decode(bytes, { stream: true }));
  }

  /** The last line, if the file does not end with a line break. */
  end(): Line[] {
    const lines = this.#cut(this.#decoder.decode());
    const isOpen = this.#rest !== '' || this.#tooLong;
    return isOpen ? [...lines, this.#take(this.#rest)] : lines;
  }

  #cut(text: string): Line[] {
    const pieces = (this.#rest + text).split('\n');
    this.#rest = pieces.pop() ?? '';
    const lines = pieces.map((piece) => this.#take(piece));
    if (this.#rest.length > LONGEST_LINE) {
      this.#tooLong = true;
      this.#rest = '';
    }
    return lines;
  }

  #take(piece: string): Line {
    this.#number += 1;
    const number = this.#number;
    const tooLong = this.#tooLong || piece.length > LONGEST_LINE;
    this.#tooLong = false;
    return readableLine(number, piece.endsWith('\r') ? piece.slice(0, -1) : piece, tooLong);
  }
}

/** The line, with the problem that makes it unreadable, if any. */
export function readableLine(number: number, text: string, isTooLong: boolean): Line {
  if (isTooLong) return { number, text: '', problem: TOO_LONG };
  return text.includes('\uFFFD') ? { number, text, problem: NOT_UTF8 } : { number, text };
}

const LIMIT_TEXT = counted(LONGEST_LINE, 'character');
const TOO_LONG = `the line is longer than ${LIMIT_TEXT}; check its line break`;
const NOT_UTF8 = 'the line has bytes that are not UTF-8; save the file as UTF-8';
