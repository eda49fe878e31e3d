/**
 * Reads the samples of a series directly from its bytes, if they have Prometheus's usual format.
 */

import { parsePlain } from '../../platform/json.ts';

/**
 * A series without its samples, and its samples as unchecked columns in the order of the answer.
 */
export interface PlainSeries {
  /** The series with an empty list instead of its samples. */
  readonly rest: unknown;
  /** Unix ms. Both columns are valid until the next series is read. */
  readonly timesMs: Float64Array;
  /** `NaN` if a text is not a number. */
  readonly values: Float64Array;
}

const MARK = Buffer.from('"values":[[');

const [QUOTE, COMMA, POINT, ZERO, NINE, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [
  0x22, 0x2c, 0x2e, 0x30, 0x39, 0x5b, 0x5d, 0x7b, 0x7d,
] as const;

/** Whole numbers with at most this many digits are exact doubles. */
const EXACT_DIGITS = 15;
/** Seconds until the year 2286. */
const SECONDS_DIGITS = 10;
const MILLISECONDS_DIGITS = 3;

/** Bytes of numbers that are not whole: `0.25`, `1.5e+06`, `-1`. */
const NUMBER_BYTES = new Uint8Array(256);
for (const byte of Buffer.from('0123456789.eE+-')) NUMBER_BYTES[byte] = 1;

/** Creates no object per sample. Its columns are reused for every series. */
export class PlainSeriesReader {
  #timesMs = new Float64Array(1_024);
  #values = new Float64Array(1_024);
  #count = 0;
  #bytes: Buffer = Buffer.alloc(0);
  /** The next byte to read. */
  #at = 0;

  /**
   * Reads `{"metric":{…},"values":[[1795136107.317,"1684040"],…]}` into columns. Returns
   * `undefined` if any of it is written differently, so that JSON.parse reads it.
   * @throws {Failure} `malformed` if the rest of the series is not JSON.
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
    // This ensures that the list belongs to the series itself and not to an object inside it.
    const isFirst = markAt === 1 && head[0] === OPEN;
    const isLast = tail.length === 2 && tail[1] === CLOSE;
    if (!isFirst && !isLast) return undefined;
    return {
      rest: parsePlain(Buffer.concat([head, tail]), where),
      timesMs: this.#timesMs.subarray(0, this.#count),
      values: this.#values.subarray(0, this.#count),
    };
  }

  /** Reads up to and including the end of the list. */
  #readSamples(): boolean {
    for (;;) {
      if (!this.#takes(OPEN_LIST)) return false;
      const atMs = this.#instant();
      if (Number.isNaN(atMs) || !this.#takes(COMMA) || !this.#takes(QUOTE)) return false;
      const startAt = this.#at;
      const value = this.#number();
      const isText = this.#at > startAt && this.#takes(QUOTE);
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

  /** Reads `1795136107.317` as 1795136107317. `NaN` for more digits, or none. */
  #instant(): number {
    if (this.#bytes[this.#at] === ZERO) return Number.NaN;
    const startAt = this.#at;
    const seconds = this.#digits();
    const length = this.#at - startAt;
    if (length === 0 || length > SECONDS_DIGITS) return Number.NaN;
    if (!this.#takes(POINT)) return seconds * 1000;
    const pointAt = this.#at;
    const fraction = this.#digits();
    const places = this.#at - pointAt;
    if (places === 0 || places > MILLISECONDS_DIGITS) return Number.NaN;
    return seconds * 1000 + fraction * 10 ** (MILLISECONDS_DIGITS - places);
  }

  /** Reads up to the first byte that is not part of a number. */
  #number(): number {
    const startAt = this.#at;
    const whole = this.#digits();
    const isWhole = this.#at - startAt <= EXACT_DIGITS;
    if (isWhole && this.#bytes[this.#at] === QUOTE) return whole;
    while (NUMBER_BYTES[this.#bytes[this.#at] ?? 0] === 1) this.#at += 1;
    return Number(this.#bytes.toString('latin1', startAt, this.#at));
  }

  /** Reads digits to a number, which is rounded if a double cannot hold them. */
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
      this.#timesMs = grow(this.#timesMs);
      this.#values = grow(this.#values);
    }
    this.#timesMs[this.#count] = atMs;
    this.#values[this.#count] = value;
    this.#count += 1;
  }
}

function grow(column: Float64Array): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(column.length * 2);
  longer.set(column);
  return longer;
}
