/** Decodes one JSON string piece by piece. Input and output have one character per byte. */

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '"': '"',
  '\\': '\\',
  '/': '/',
};

/** The first half of a surrogate pair, which waits for the second. */
const HIGH_SURROGATE = /^[\ud800-\udbff]$/;

/** Reads the pieces of a body that begins with a quote. */
export class JsonText {
  readonly #fault: (problem: string) => Error;
  #isOpen = false;
  #isClosed = false;
  /** An incomplete escape at the end of the last piece. */
  #rest = '';
  #high = '';

  /** `fault` creates the error to throw. */
  constructor(fault: (problem: string) => Error) {
    this.#fault = fault;
  }

  /** The decoded text of a piece. */
  read(piece: string): string {
    let text = this.#rest + piece;
    this.#rest = '';
    if (!this.#isOpen) {
      this.#isOpen = true;
      text = text.slice(1);
    }
    const decoded: string[] = [];
    for (let at = 0; at < text.length; ) {
      if (this.#isClosed) {
        if (text.slice(at).trim() === '') break;
        throw this.#fault('content after the JSON string of the body');
      }
      const next = nextSpecial(text, at);
      if (next > at) decoded.push(this.#pair(''), text.slice(at, next));
      at = next;
      if (text[at] === '"') {
        this.#isClosed = true;
        decoded.push(this.#pair(''));
        at += 1;
      } else if (text[at] === '\\') {
        const length = text[at + 1] === 'u' ? 6 : 2;
        if (at + length > text.length) {
          this.#rest = text.slice(at);
          break;
        }
        decoded.push(this.#escape(text.slice(at + 1, at + length)));
        at += length;
      }
    }
    return decoded.join('');
  }

  /**
   * Ends the body.
   * @throws the error of `fault` if the string is not closed.
   */
  end(): void {
    if (!this.#isClosed) throw this.#fault('the JSON string of the body does not end');
  }

  #escape(escape: string): string {
    if (escape[0] !== 'u') {
      const character = ESCAPES[escape];
      if (character === undefined) throw this.#fault(`the escape \\${escape} in the JSON string`);
      return this.#pair('') + character;
    }
    if (!/^u[0-9a-fA-F]{4}$/.test(escape)) throw this.#fault(`the escape \\${escape}`);
    const unit = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return this.#pair(unit);
  }

  /** A code unit as UTF-8 bytes, joined with the surrogate half before it. */
  #pair(unit: string): string {
    const character = this.#high + unit;
    const isHalf = HIGH_SURROGATE.test(character);
    this.#high = isHalf ? character : '';
    return isHalf ? '' : Buffer.from(character, 'utf8').toString('latin1');
  }
}

function nextSpecial(text: string, from: number): number {
  const [quote, escape] = [text.indexOf('"', from), text.indexOf('\\', from)];
  const ends = [quote, escape].filter((at) => at >= 0);
  return ends.length === 0 ? text.length : Math.min(...ends);
}
