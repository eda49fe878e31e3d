/**
 * Parses Prometheus text 0.0.4 and OpenMetrics 1.0, also inside a JSON string, as a body arrives.
 */

import { Failure } from '../../domain/failure.ts';
import { SECOND_MS } from '../../domain/period.ts';
import { shortText } from '../../platform/json.ts';
import type { SeriesLabels } from '../engines/samples.ts';
import { LineFault, LineReader, type LineSample } from './textLine.ts';

export interface TextSample {
  readonly name: string;
  readonly labels: SeriesLabels;
  readonly value: number;
  /** Set if the line has its own time. */
  readonly atMs?: number;
}

export interface TextFormat {
  /** The address of the body, for messages. */
  readonly where: string;
  /** Names that are read. */
  readonly names: ReadonlySet<string>;
  /** `application/openmetrics-text` has times in seconds and ends with `# EOF`. */
  readonly contentType: string;
  /**
   * Whether it was sent compressed. `fetch` does not notice that a compressed body was cut off, so
   * Prometheus text must then end with a line break.
   */
  readonly isCompressed?: boolean;
}

/** The most characters in a line, and the most that are kept in memory between pieces. */
const MAX_LINE_LENGTH = 1024 * 1024;

const HASH = 35;

/**
 * The requested samples of a body, in order. The body may be one JSON string, as llama.cpp has sent
 * it. Neither TYPE lines nor their order matter.
 * @throws {Failure} `malformed` for any other format (with the line) and for a body cut off.
 */
export function* parseMetrics(
  pieces: Iterable<Uint8Array>,
  format: TextFormat,
): Generator<TextSample, void> {
  const lines = new Lines(format);
  for (const piece of unwrap(pieces, format.where)) yield* lines.read(piece);
  yield* lines.end();
}

/** Reads the lines of a body, and joins a line that is split between two pieces. */
class Lines {
  readonly #where: string;
  readonly #isOpenMetrics: boolean;
  readonly #mustEndLine: boolean;
  readonly #reader: LineReader;
  #count = 0;
  #rest = '';
  #hasEnded = false;
  #samples: TextSample[] = [];

  constructor({ where, names, contentType, isCompressed = false }: TextFormat) {
    this.#where = where;
    this.#isOpenMetrics = /^\s*application\/openmetrics-text\b/i.test(contentType);
    this.#mustEndLine = isCompressed && !this.#isOpenMetrics;
    this.#reader = new LineReader(names);
  }

  /**
   * The samples of all lines that end in the piece. This is a loop, since a body may have half a
   * million.
   */
  read(piece: string): TextSample[] {
    let from = 0;
    let to = piece.indexOf('\n');
    if (this.#rest.length + (to < 0 ? piece.length : to) > MAX_LINE_LENGTH) {
      throw malformed(this.#where, `line ${this.#count + 1}: longer than one megabyte`);
    }
    if (to >= 0 && this.#rest !== '') {
      const whole = this.#rest + piece.slice(0, to);
      this.#rest = '';
      this.#take(whole, 0, whole.length);
      from = to + 1;
      to = piece.indexOf('\n', from);
    }
    while (to >= 0) {
      this.#take(piece, from, to);
      from = to + 1;
      to = piece.indexOf('\n', from);
    }
    this.#rest += piece.slice(from);
    return this.#flush();
  }

  /** Ends the body, which may end without a line break if it cannot have been cut off there. */
  end(): TextSample[] {
    const { length } = this.#rest;
    if (length > 0 && this.#mustEndLine) throw cutOff(this.#where);
    if (length > 0) this.#take(this.#rest, 0, length);
    if (this.#isOpenMetrics && !this.#hasEnded)
      throw this.#fault('incomplete: no # EOF at the end');
    return this.#flush();
  }

  #flush(): TextSample[] {
    const samples = this.#samples;
    this.#samples = [];
    return samples;
  }

  #take(text: string, from: number, to: number): void {
    this.#count += 1;
    if (from === to) return;
    if (this.#hasEnded && text.slice(from, to).trim() !== '') {
      throw this.#fault('content after # EOF');
    }
    if (text.charCodeAt(from) === HASH) {
      this.#hasEnded ||= text.slice(from, Math.min(to, from + 9)).trimEnd() === '# EOF';
      return;
    }
    const sample = this.#parse(text, from, to);
    if (sample !== undefined) this.#samples.push(withTime(sample, this.#isOpenMetrics));
  }

  #parse(text: string, from: number, to: number): LineSample | undefined {
    try {
      return this.#reader.read(text, from, to);
    } catch (error) {
      if (error instanceof LineFault) throw this.#fault(error.message);
      throw error;
    }
  }

  #fault(problem: string): Failure {
    return malformed(this.#where, `line ${this.#count}: ${shortText(problem, 200)}`);
  }
}

function malformed(where: string, problem: string): Failure {
  return new Failure('malformed', `${where}: ${problem}`, {
    where,
    expected: 'metrics in Prometheus text or OpenMetrics',
    hint: "check that the address is that of the engine's own /metrics",
  });
}

function cutOff(where: string): Failure {
  return new Failure('malformed', `${where} returned a compressed response that was cut off`, {
    where,
    hint: 'the next scrape asks again; check the proxy between rentcheck and the engine',
  });
}

function withTime({ name, labels, value, time }: LineSample, isOpenMetrics: boolean): TextSample {
  if (time === undefined) return { name, labels, value };
  return { name, labels, value, atMs: Math.round(isOpenMetrics ? time * SECOND_MS : time) };
}

/**
 * The text of a body with one character per byte, without the quotes of a JSON string around it.
 */
function* unwrap(pieces: Iterable<Uint8Array>, where: string): Generator<string> {
  let json: JsonText | undefined;
  let hasStarted = false;
  for (const bytes of pieces) {
    const piece = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    const text = hasStarted ? piece : trimStart(piece);
    if (text === '') continue;
    if (!hasStarted) {
      refuseOtherFormats(text, where);
      hasStarted = true;
      if (text.startsWith('"')) json = new JsonText((problem) => malformed(where, problem));
    }
    yield json === undefined ? text : json.read(text);
  }
  if (json === undefined) return;
  json.end();
  // Its end shows that the text is whole.
  yield '\n';
}

const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';

function trimStart(piece: string): string {
  const text = piece.startsWith(BYTE_ORDER_MARK) ? piece.slice(BYTE_ORDER_MARK.length) : piece;
  // Drops blanks before a JSON string or a page. An empty line before text counts as a line.
  const first = /^\s*(?=["[<])/.exec(text)?.[0].length ?? 0;
  return text.slice(first);
}

function refuseOtherFormats(text: string, where: string): void {
  if (text.startsWith('[')) {
    throw malformed(
      where,
      "a JSON array, such as TensorRT-LLM's statistics by iteration, which do not count tokens",
    );
  }
  if (text.startsWith('<')) throw malformed(where, 'a page (HTML or XML)');
  if (/^\s*\{\s*(?:"[^"]*"\s*:|\})/.test(text)) throw malformed(where, 'a JSON object');
}

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
class JsonText {
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
