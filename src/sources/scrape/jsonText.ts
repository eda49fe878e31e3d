/** The text inside one JSON string, read piece by piece; one letter a byte on both sides. */

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

/** A half of a letter beyond the first plane, waiting for the other one. */
const HIGH = /^[\ud800-\udbff]$/;

/** Takes the pieces of a body that begins with a quote. */
export class JsonText {
  readonly #fault: (problem: string) => Error;
  #isOpen = false;
  #isClosed = false;
  /** The end of a piece that is the beginning of an escape. */
  #rest = '';
  #high = '';

  /** `fault` makes the error to throw. */
  constructor(fault: (problem: string) => Error) {
    this.#fault = fault;
  }

  /** What the piece says. */
  read(piece: string): string {
    let text = this.#rest + piece;
    this.#rest = '';
    if (!this.#isOpen) {
      this.#isOpen = true;
      text = text.slice(1);
    }
    const said: string[] = [];
    for (let at = 0; at < text.length; ) {
      if (this.#isClosed) {
        if (text.slice(at).trim() === '') break;
        throw this.#fault('content after the JSON string of the body');
      }
      const next = nextSpecial(text, at);
      if (next > at) said.push(this.#pair(''), text.slice(at, next));
      at = next;
      if (text[at] === '"') {
        this.#isClosed = true;
        said.push(this.#pair(''));
        at += 1;
      } else if (text[at] === '\\') {
        const length = text[at + 1] === 'u' ? 6 : 2;
        if (at + length > text.length) {
          this.#rest = text.slice(at);
          break;
        }
        said.push(this.#escape(text.slice(at + 1, at + length)));
        at += length;
      }
    }
    return said.join('');
  }

  /** The body has ended. */
  end(): void {
    if (!this.#isClosed) throw this.#fault('the JSON string of the body does not end');
  }

  #escape(escape: string): string {
    if (escape[0] !== 'u') {
      const letter = ESCAPES[escape];
      if (letter === undefined) throw this.#fault(`the escape \\${escape} in the JSON string`);
      return this.#pair('') + letter;
    }
    if (!/^u[0-9a-fA-F]{4}$/.test(escape)) throw this.#fault(`the escape \\${escape}`);
    const unit = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return this.#pair(unit);
  }

  /** A code unit as bytes of UTF-8, together with the half that came before it. */
  #pair(unit: string): string {
    const whole = this.#high + unit;
    const isHalf = HIGH.test(whole);
    this.#high = isHalf ? whole : '';
    return isHalf ? '' : Buffer.from(whole, 'utf8').toString('latin1');
  }
}

function nextSpecial(text: string, from: number): number {
  const [quote, escape] = [text.indexOf('"', from), text.indexOf('\\', from)];
  const ends = [quote, escape].filter((at) => at >= 0);
  return ends.length === 0 ? text.length : Math.min(...ends);
}
