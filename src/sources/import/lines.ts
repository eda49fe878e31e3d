/** How a stream of bytes is cut into numbered lines, however long the stream is. */

import { counted } from '../../domain/counted.ts';

/** One physical line without its line break. */
export interface Line {
  readonly number: number;
  readonly text: string;
  /** Set where the line cannot be read as text; one too long to keep has an empty text. */
  readonly problem?: string;
}

/**
 * Longer lines are no rows: nothing of them is kept, so that one missing line break costs no
 * memory.
 */
export const LONGEST_LINE = 1_000_000;

/**
 * Feed it bytes in any pieces; it hands back the lines that are complete. UTF-8, a BOM is dropped.
 */
export class LineCutter {
  readonly #decoder = new TextDecoder('utf-8');
  #rest = '';
  #tooLong = false;
  #number = 0;

  push(bytes: Uint8Array): Line[] {
    return this.#cut(this.#decoder.decode(bytes, { stream: true }));
  }

  /** The last line, where the file does not end in a line break. */
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

/** The line with what makes it unreadable, if anything does. */
export function readableLine(number: number, text: string, isTooLong: boolean): Line {
  if (isTooLong) return { number, text: '', problem: TOO_LONG };
  return text.includes('\uFFFD') ? { number, text, problem: NOT_UTF8 } : { number, text };
}

const MOST = counted(LONGEST_LINE, 'character');
const TOO_LONG = `the line is longer than ${MOST}; check its line break`;
const NOT_UTF8 = 'the line has bytes that are not UTF-8; save the file as UTF-8';
