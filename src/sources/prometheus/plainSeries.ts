/** Reads the samples of a series from its bytes where they are spelled as Prometheus does. */

import { parsePlain } from '../../platform/json.ts';

/** A series without its samples, which stand in columns: in the order of the answer, unjudged. */
export interface PlainSeries {
  /** The series as it came, with an empty list in the place of its samples. */
  readonly rest: unknown;
  /** Unix milliseconds. Both columns hold until the next series is read. */
  readonly timesMs: Float64Array;
  /** `NaN` where a text is no number. */
  readonly values: Float64Array;
}

const MARK = Buffer.from('"values":[[');

const [QUOTE, COMMA, POINT, ZERO, NINE, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [
  0x22, 0x2c, 0x2e, 0x30, 0x39, 0x5b, 0x5d, 0x7b, 0x7d,
] as const;

/** Digits up to which a whole number is a double without rounding. */
const EXACT_DIGITS = 15;
/** Seconds until the year 2286. */
const SECONDS_DIGITS = 10;
const MILLISECONDS_DIGITS = 3;

/** Bytes of a number that is not a whole one: `0.25`, `1.5e+06`, `-1`. */
const IN_NUMBER = new Uint8Array(256);
for (const byte of Buffer.from('0123456789.eE+-')) IN_NUMBER[byte] = 1;

/** Makes no object of a sample. Its columns are used again from series to series. */
export class PlainSeriesReader {
  #timesMs = new Float64Array(1_024);
  #values = new Float64Array(1_024);
  #count = 0;
  #bytes: Buffer = Buffer.alloc(0);
  /** The next byte to read. */
  #at = 0;

  /**
   * `{"metric":{…},"values":[[1795136107.317,"1684040"],…]}` in columns; `undefined` where anything
   * in it is spelled in another way, which JSON.parse is left to judge.
   * @throws {Failure} `malformed` where what stands beside the samples is no JSON.
   */
  read(item: Uint8Array, where: string): PlainSeries | undefined {
    this.#bytes = Buffer.from(item.buffer, item.byteOffset, item.byteLength);
    const markAt = this.#bytes.indexOf(MARK);
    if (markAt < 0) return undefined;
    const from = markAt + MARK.length - 1;
    this.#at = from;
    this.#count = 0;
    if (!this.#readSamples()) return undefined;
    const [head, tail] = [this.#bytes.subarray(0, from), this.#bytes.subarray(this.#at - 1)];
    // So the list is a member of the series itself, and not of something in it.
    const isFirst = markAt === 1 && head[0] === OPEN;
    const isLast = tail.length === 2 && tail[1] === CLOSE;
    if (!isFirst && !isLast) return undefined;
    return {
      rest: parsePlain(Buffer.concat([head, tail]), where),
      timesMs: this.#timesMs.subarray(0, this.#count),
      values: this.#values.subarray(0, this.#count),
    };
  }

  /** Up to and with the end of their list. */
  #readSamples(): boolean {
    for (;;) {
      if (!this.#takes(OPEN_LIST)) return false;
      const atMs = this.#instant();
      if (Number.isNaN(atMs) || !this.#takes(COMMA) || !this.#takes(QUOTE)) return false;
      const begun = this.#at;
      const value = this.#number();
      const isText = this.#at > begun && this.#takes(QUOTE);
      if (!isText || !this.#takes(CLOSE_LIST)) return false;
      this.#keep(atMs, value);
      if (this.#takes(CLOSE_LIST)) return true;
      if (!this.#takes(COMMA)) return false;
    }
  }

  #takes(byte: number): boolean {
    if (this.#bytes[this.#at] !== byte) return false;
    this.#at += 1;
    return true;
  }

  /** `1795136107.317` is 1795136107317; `NaN` for more digits, or none. */
  #instant(): number {
    if (this.#bytes[this.#at] === ZERO) return Number.NaN;
    const begun = this.#at;
    const seconds = this.#digits();
    const length = this.#at - begun;
    if (length === 0 || length > SECONDS_DIGITS) return Number.NaN;
    if (!this.#takes(POINT)) return seconds * 1000;
    const pointAt = this.#at;
    const fraction = this.#digits();
    const places = this.#at - pointAt;
    if (places === 0 || places > MILLISECONDS_DIGITS) return Number.NaN;
    return seconds * 1000 + fraction * 10 ** (MILLISECONDS_DIGITS - places);
  }

  /** Up to the first byte that is in no number. */
  #number(): number {
    const begun = this.#at;
    const whole = this.#digits();
    const isWhole = this.#at - begun <= EXACT_DIGITS;
    if (isWhole && this.#bytes[this.#at] === QUOTE) return whole;
    while (IN_NUMBER[this.#bytes[this.#at] ?? 0] === 1) this.#at += 1;
    return Number(this.#bytes.toString('latin1', begun, this.#at));
  }

  /** Rounded where they are more than a double holds. */
  #digits(): number {
    const bytes = this.#bytes;
    let [at, number] = [this.#at, 0];
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte < ZERO || byte > NINE) break;
      number = number * 10 + (byte - ZERO);
    }
    this.#at = at;
    return number;
  }

  #keep(atMs: number, value: number): void {
    if (this.#count === this.#timesMs.length) {
      this.#timesMs = doubled(this.#timesMs);
      this.#values = doubled(this.#values);
    }
    this.#timesMs[this.#count] = atMs;
    this.#values[this.#count] = value;
    this.#count += 1;
  }
}

function doubled(column: Float64Array): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(column.length * 2);
  longer.set(column);
  return longer;
}
