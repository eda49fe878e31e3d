/** One line of Prometheus text or OpenMetrics: a sample, or what is wrong with it. */

import type { Labels } from '../engines/samples.ts';

/** A sample as a line tells it; the time is as it stands there, seconds or milliseconds. */
export interface LineSample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
  readonly time?: number;
}

/** Why a line is none. */
export class LineFault extends Error {}

/** `0.0.4` or OpenMetrics write numbers so; what Go reads beyond it no exporter writes. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const ODD_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['nan', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['+inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['infinity', Number.POSITIVE_INFINITY],
  ['+infinity', Number.POSITIVE_INFINITY],
  ['-infinity', Number.NEGATIVE_INFINITY],
]);

const [TAB, SPACE, QUOTE, HASH, COMMA, EQUALS, BACKSLASH, OPEN, CLOSE] = [
  9, 32, 34, 35, 44, 61, 92, 123, 125,
] as const;

/** The plainest of lines: a name, its labels, a number. */
const PLAIN_LABEL = String.raw`[a-zA-Z_]\w*="[^"\\\n]*"`;
const PLAIN_LINE =
  String.raw`[a-zA-Z_:][\w:]*(?:\{(?:${PLAIN_LABEL}(?:,${PLAIN_LABEL})*)?\})?` +
  String.raw` [+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`;

/** What a byte may be part of. */
const NAME_FIRST = 1;
const NAME_REST = 2;
const LABEL_FIRST = 4;
const LABEL_REST = 8;
const CLASSES = new Uint8Array(256);
for (let code = 0; code < 256; code += 1) {
  const letter = String.fromCharCode(code);
  const first = /[a-zA-Z_]/.test(letter);
  const rest = /[a-zA-Z0-9_]/.test(letter);
  const colon = letter === ':';
  CLASSES[code] =
    (first || colon ? NAME_FIRST : 0) |
    (rest || colon ? NAME_REST : 0) |
    (first ? LABEL_FIRST : 0) |
    (rest ? LABEL_REST : 0);
}

/**
 * Reads the lines of one body. Text is one letter a byte: what is not ASCII stands only in quotes
 * and comments, and is read as UTF-8 where it is wanted.
 */
export class LineReader {
  readonly #names: ReadonlySet<string>;
  readonly #unwanted: RegExp;
  #text = '';
  #at = 0;
  #to = 0;

  /** Of other lines than those of `names` only the form is looked at. */
  constructor(names: ReadonlySet<string>) {
    this.#names = names;
    const wanted = [...names].map((name) => name.replaceAll(/\W/g, '\\$&')).join('|');
    const others = names.size === 0 ? '' : `(?!(?:${wanted})[ {])`;
    this.#unwanted = new RegExp(`${others}${PLAIN_LINE}`, 'y');
  }

  /**
   * The sample between two places of the text; `undefined` for an empty line, a comment or a name
   * that is not wanted.
   * @throws {LineFault}
   */
  read(text: string, from: number, to: number): LineSample | undefined {
    if (this.#isUnwanted(text, from, to)) return undefined;
    this.#text = text;
    this.#at = from;
    this.#to = to;
    if (text.charCodeAt(to - 1) === 13) this.#to -= 1;
    this.#skipSpace();
    if (this.#at >= this.#to || this.#code() === HASH) return undefined;
    const bare = this.#code() === OPEN ? undefined : this.#word(NAME_FIRST, NAME_REST, 'name');
    this.#skipSpace();
    const isWanted = bare === undefined || this.#names.has(bare);
    const told = this.#code() === OPEN ? this.#labels(isWanted, bare === undefined) : undefined;
    const name = bare ?? told?.name;
    if (name === undefined) throw new LineFault('no metric name before the labels or among them');
    const value = this.#number('value');
    const time = this.#time();
    if (!isWanted || (bare === undefined && !this.#names.has(name))) return undefined;
    const labels = told?.labels ?? {};
    return { name, labels, value, ...(time === undefined ? {} : { time }) };
  }

  /**
   * Is it a plain line of a name that nobody wants? Of a hundred lines of an engine five are
   * wanted. Whatever is not plain is looked at in full.
   */
  #isUnwanted(text: string, from: number, to: number): boolean {
    this.#unwanted.lastIndex = from;
    return this.#unwanted.test(text) && this.#unwanted.lastIndex === to;
  }

  #code(): number {
    return this.#at < this.#to ? this.#text.charCodeAt(this.#at) : -1;
  }

  #skipSpace(): void {
    let code = this.#code();
    while (code === SPACE || code === TAB) {
      this.#at += 1;
      code = this.#code();
    }
  }

  #word(first: number, rest: number, what: string): string {
    const from = this.#at;
    this.#skipWord(first, rest, what);
    return this.#text.slice(from, this.#at);
  }

  #skipWord(first: number, rest: number, what: string): void {
    if (((CLASSES[this.#code()] ?? 0) & first) === 0) throw this.#expected(what);
    const [text, to] = [this.#text, this.#to];
    let at = this.#at + 1;
    while (at < to && ((CLASSES[text.charCodeAt(at)] ?? 0) & rest) !== 0) at += 1;
    this.#at = at;
  }

  #expected(what: string): LineFault {
    const found = this.#text.slice(this.#at, Math.min(this.#at + 20, this.#to));
    return new LineFault(
      `found ${found === '' ? 'the end' : JSON.stringify(found)}, expected a ${what}`,
    );
  }

  /** From `{` to behind `}`. A name in quotes may stand first, where none stands before. */
  #labels(isWanted: boolean, mayName: boolean): { name?: string; labels: Labels } {
    this.#at += 1;
    const labels: Record<string, string> = {};
    let name: string | undefined;
    for (let isFirst = true; ; isFirst = false) {
      this.#skipSpace();
      if (this.#code() === CLOSE) break;
      if (!isFirst) this.#separator();
      this.#skipSpace();
      if (this.#code() === CLOSE) break;
      const isQuoted = this.#code() === QUOTE;
      const label = this.#labelName(isWanted, isQuoted);
      this.#skipSpace();
      if (this.#code() === EQUALS) {
        this.#at += 1;
        this.#skipSpace();
        const value = this.#quoted(isWanted, 'label value in quotes');
        if (!isWanted) continue;
        if (Object.hasOwn(labels, label)) throw new LineFault(`duplicate label ${label}`);
        put(labels, label, value);
      } else if (isQuoted && mayName && name === undefined) {
        name = label;
      } else {
        throw this.#expected('= after the label');
      }
    }
    this.#at += 1;
    return name === undefined ? { labels } : { name, labels };
  }

  #separator(): void {
    if (this.#code() !== COMMA) throw this.#expected('comma between labels');
    this.#at += 1;
  }

  #labelName(isWanted: boolean, isQuoted: boolean): string {
    if (isQuoted) return this.#quoted(isWanted, 'label');
    if (isWanted) return this.#word(LABEL_FIRST, LABEL_REST, 'label');
    this.#skipWord(LABEL_FIRST, LABEL_REST, 'label');
    return '';
  }

  /** The text in quotes, from the first one to behind the last. */
  #quoted(isWanted: boolean, what: string): string {
    if (this.#code() !== QUOTE) throw this.#expected(what);
    const from = this.#at + 1;
    let end = this.#text.indexOf('"', from);
    while (end >= 0 && this.#isEscaped(from, end)) end = this.#text.indexOf('"', end + 1);
    if (end < 0 || end >= this.#to) throw new LineFault('unclosed quotes');
    this.#at = end + 1;
    return isWanted ? plain(this.#text.slice(from, end)) : '';
  }

  /** Does an odd number of backslashes stand before it? */
  #isEscaped(from: number, at: number): boolean {
    let before = at;
    while (before > from && this.#text.charCodeAt(before - 1) === BACKSLASH) before -= 1;
    return (at - before) % 2 === 1;
  }

  /** What stands up to the next space, as a number. */
  #number(what: string): number {
    this.#skipSpace();
    const from = this.#at;
    let code = this.#code();
    while (code !== -1 && code !== SPACE && code !== TAB) {
      this.#at += 1;
      code = this.#code();
    }
    const word = this.#text.slice(from, this.#at);
    const number = NUMBER.test(word) ? Number(word) : ODD_NUMBERS.get(word.toLowerCase());
    if (number !== undefined) return number;
    this.#at = from;
    throw this.#expected(what);
  }

  /** A time may follow, and behind `#` an exemplar, which is not read. */
  #time(): number | undefined {
    this.#skipSpace();
    if (this.#at >= this.#to || this.#code() === HASH) return undefined;
    const time = this.#number('time');
    this.#skipSpace();
    if (this.#at < this.#to && this.#code() !== HASH) throw this.#expected('line end');
    if (!Number.isFinite(time)) throw new LineFault('an invalid time');
    return time;
  }
}

/** Also a label that is called `__proto__` is one. */
function put(labels: Record<string, string>, label: string, value: string): void {
  if (label !== '__proto__') labels[label] = value;
  else Object.defineProperty(labels, label, { value, enumerable: true });
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Without escapes, and letters of several bytes put together. */
function plain(text: string): string {
  const whole = /[\u0080-\u00ff]/.test(text) ? decoded(text) : text;
  if (!whole.includes('\\')) return whole;
  return whole.replaceAll(/\\(["\\n])/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
}

function decoded(text: string): string {
  try {
    return utf8.decode(Buffer.from(text, 'latin1'));
  } catch {
    throw new LineFault('bytes that are not UTF-8');
  }
}
