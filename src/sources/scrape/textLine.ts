/** Parses one line of Prometheus text or OpenMetrics. */

import type { SeriesLabels } from '../engines/samples.ts';

/** A sample in a line. Its time is unconverted, in seconds or ms. */
export interface LineSample {
  readonly name: string;
  readonly labels: SeriesLabels;
  readonly value: number;
  readonly time?: number;
}

/** Why a line is invalid. */
export class LineFault extends Error {}

/**
 * Numbers as Prometheus text and OpenMetrics write them. Go accepts more formats, but no exporter
 * uses them.
 */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const SPECIAL_NUMBERS: ReadonlyMap<string, number> = new Map([
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

/** The simplest lines: a name, its labels and a number. */
const PLAIN_LABEL = String.raw`[a-zA-Z_]\w*="[^"\\\n]*"`;
const PLAIN_LINE =
  String.raw`[a-zA-Z_:][\w:]*(?:\{(?:${PLAIN_LABEL}(?:,${PLAIN_LABEL})*)?\})?` +
  String.raw` [+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`;

/** The parts of a line that a byte may belong to. */
const NAME_FIRST = 1;
const NAME_REST = 2;
const LABEL_FIRST = 4;
const LABEL_REST = 8;
const BYTE_CLASSES = new Uint8Array(256);
for (let code = 0; code < 256; code += 1) {
  const letter = String.fromCharCode(code);
  const first = /[a-zA-Z_]/.test(letter);
  const rest = /[a-zA-Z0-9_]/.test(letter);
  const colon = letter === ':';
  BYTE_CLASSES[code] =
    (first || colon ? NAME_FIRST : 0) |
    (rest || colon ? NAME_REST : 0) |
    (first ? LABEL_FIRST : 0) |
    (rest ? LABEL_REST : 0);
}

/**
 * Reads the lines of one body. The text has one character per byte. Non-ASCII characters only occur
 * in quotes and comments, and are decoded from UTF-8 if needed.
 */
export class LineReader {
  readonly #names: ReadonlySet<string>;
  readonly #skipped: RegExp;
  #text = '';
  #at = 0;
  #to = 0;

  /** Only lines of `names` are parsed. For other lines, only the format is checked. */
  constructor(names: ReadonlySet<string>) {
    this.#names = names;
    const selected = [...names].map((name) => name.replaceAll(/\W/g, '\\$&')).join('|');
    const others = names.size === 0 ? '' : `(?!(?:${selected})[ {])`;
    this.#skipped = new RegExp(`${others}${PLAIN_LINE}`, 'y');
  }

  /**
   * The sample between two positions of the text; `undefined` for an empty line, a comment or
   * another name.
   * @throws {LineFault} for an invalid line.
   */
  read(text: string, from: number, to: number): LineSample | undefined {
    if (this.#canSkip(text, from, to)) return undefined;
    this.#text = text;
    this.#at = from;
    this.#to = to;
    if (text.charCodeAt(to - 1) === 13) this.#to -= 1;
    this.#skipSpace();
    if (this.#at >= this.#to || this.#code() === HASH) return undefined;
    const leadingName =
      this.#code() === OPEN ? undefined : this.#readWord(NAME_FIRST, NAME_REST, 'name');
    this.#skipSpace();
    const isSelected = leadingName === undefined || this.#names.has(leadingName);
    const labelSet =
      this.#code() === OPEN ? this.#labels(isSelected, leadingName === undefined) : undefined;
    const name = leadingName ?? labelSet?.name;
    if (name === undefined) throw new LineFault('no metric name before the labels or among them');
    const value = this.#number('value');
    const time = this.#time();
    if (!isSelected || (leadingName === undefined && !this.#names.has(name))) return undefined;
    const labels = labelSet?.labels ?? {};
    return { name, labels, value, ...(time === undefined ? {} : { time }) };
  }

  /**
   * Whether this is a simple line of a name that is not read. Only five of a hundred lines of an
   * engine are read. Any other line is parsed completely.
   */
  #canSkip(text: string, from: number, to: number): boolean {
    this.#skipped.lastIndex = from;
    return this.#skipped.test(text) && this.#skipped.lastIndex === to;
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

  #readWord(first: number, rest: number, what: string): string {
    const from = this.#at;
    this.#skipWord(first, rest, what);
    return this.#text.slice(from, this.#at);
  }

  #skipWord(first: number, rest: number, what: string): void {
    if (((BYTE_CLASSES[this.#code()] ?? 0) & first) === 0) throw this.#expected(what);
    const [text, to] = [this.#text, this.#to];
    let at = this.#at + 1;
    while (at < to && ((BYTE_CLASSES[text.charCodeAt(at)] ?? 0) & rest) !== 0) at += 1;
    this.#at = at;
  }

  #expected(what: string): LineFault {
    const found = this.#text.slice(this.#at, Math.min(this.#at + 20, this.#to));
    return new LineFault(
      `found ${found === '' ? 'the end' : JSON.stringify(found)}, expected a ${what}`,
    );
  }

  /**
   * Reads from `{` to after `}`. A quoted name may come first, if there was none before the braces.
   */
  #labels(isSelected: boolean, allowsName: boolean): { name?: string; labels: SeriesLabels } {
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
      const label = this.#labelName(isSelected, isQuoted);
      this.#skipSpace();
      if (this.#code() === EQUALS) {
        this.#at += 1;
        this.#skipSpace();
        const value = this.#quoted(isSelected, 'label value in quotes');
        if (!isSelected) continue;
        if (Object.hasOwn(labels, label)) throw new LineFault(`duplicate label ${label}`);
        setLabel(labels, label, value);
      } else if (isQuoted && allowsName && name === undefined) {
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

  #labelName(isSelected: boolean, isQuoted: boolean): string {
    if (isQuoted) return this.#quoted(isSelected, 'label');
    if (isSelected) return this.#readWord(LABEL_FIRST, LABEL_REST, 'label');
    this.#skipWord(LABEL_FIRST, LABEL_REST, 'label');
    return '';
  }

  /** Reads a quoted text, from its first quote to after the last one. */
  #quoted(isSelected: boolean, what: string): string {
    if (this.#code() !== QUOTE) throw this.#expected(what);
    const from = this.#at + 1;
    let end = this.#text.indexOf('"', from);
    while (end >= 0 && this.#isEscaped(from, end)) end = this.#text.indexOf('"', end + 1);
    if (end < 0 || end >= this.#to) throw new LineFault('unclosed quotes');
    this.#at = end + 1;
    return isSelected ? unescape(this.#text.slice(from, end)) : '';
  }

  /** Whether an odd number of backslashes comes before it. */
  #isEscaped(from: number, at: number): boolean {
    let before = at;
    while (before > from && this.#text.charCodeAt(before - 1) === BACKSLASH) before -= 1;
    return (at - before) % 2 === 1;
  }

  /** Reads a number up to the next space. */
  #number(what: string): number {
    this.#skipSpace();
    const from = this.#at;
    let code = this.#code();
    while (code !== -1 && code !== SPACE && code !== TAB) {
      this.#at += 1;
      code = this.#code();
    }
    const word = this.#text.slice(from, this.#at);
    const number = NUMBER.test(word) ? Number(word) : SPECIAL_NUMBERS.get(word.toLowerCase());
    if (number !== undefined) return number;
    this.#at = from;
    throw this.#expected(what);
  }

  /** Reads the optional time. An exemplar after `#` is ignored. */
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

/** Sets a label, even one named `__proto__`. */
function setLabel(labels: Record<string, string>, label: string, value: string): void {
  if (label !== '__proto__') labels[label] = value;
  else Object.defineProperty(labels, label, { value, enumerable: true });
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Decodes UTF-8 and escapes. */
function unescape(text: string): string {
  const decoded = /[\u0080-\u00ff]/.test(text) ? decodeUtf8(text) : text;
  if (!decoded.includes('\\')) return decoded;
  return decoded.replaceAll(/\\(["\\n])/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
}

function decodeUtf8(text: string): string {
  try {
    return utf8.decode(Buffer.from(text, 'latin1'));
  } catch {
    throw new LineFault('bytes that are not UTF-8');
  }
}
