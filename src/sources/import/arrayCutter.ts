/** Splits a JSON array of any length into its elements as text, without reading it whole. */

import { type TextLine, MAX_LINE_CHARACTERS, toLine } from './lines.ts';

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
