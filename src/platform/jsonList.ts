/** Streams a JSON response of any length: its long list item by item, the rest as a value. */

import { formatCount } from '../domain/figures.ts';
import { Failure } from '../domain/failure.ts';
import type { FetchBody } from '../domain/provenance.ts';
import { plainPieces } from './body.ts';
import { looksLikeHtml, type parsePlain } from './json.ts';

export interface JsonListOptions {
  /** Keys that lead to the list, e.g. `['data', 'result']`. */
  readonly path: readonly string[];
  /** The redacted URL, for messages. */
  readonly where: string;
  /** A longer item is rejected. Default: 1 MiB. */
  readonly longestItem?: number;
  /** The parser: {@link parsePlain} or `parseLossless`. */
  readonly parse: typeof parsePlain;
}

export interface JsonList {
  /** The whole value, with an empty list. */
  readonly frame: unknown;
  /** The number of items, 0 if there is no list. */
  readonly count: number;
  /** Each item parsed, in order. Only one is in memory at a time. */
  items(): Iterable<unknown>;
  /** The bytes of each item, for another parser. */
  texts(): Iterable<Uint8Array>;
}

const LONGEST_ITEM = 1024 * 1024;

/** No documented response has more than this beside its list. */
const LONGEST_FRAME = 1024 * 1024;

/** Real responses nest six deep. The limit protects the parser's stack. */
const DEEPEST = 64;

/**
 * Scans the body once for what is beside the list; `items` scans it again, one item in memory.
 * @throws {Failure} `malformed` if it is not JSON, has the list twice or is nested too deeply;
 * `too-large` for an item over the limit. `items` throws both, too.
 */
export function openJsonList(body: FetchBody, options: JsonListOptions): JsonList {
  const cutter = new ListCutter(options, false);
  for (const piece of plainPieces(body)) cutter.skim(piece);
  const frame = options.parse(cutter.frame(), options.where);
  function* texts() {
    const again = new ListCutter(options, true);
    for (const piece of plainPieces(body)) yield* again.push(piece);
  }
  return {
    frame,
    count: cutter.count,
    texts,
    *items() {
      let position = 0;
      for (const item of texts()) yield parseItem(item, position++, options);
    },
  };
}

function parseItem(item: Uint8Array, position: number, { parse, path, where }: JsonListOptions) {
  try {
    return parse(item, where);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { code, message, expected = 'JSON' } = error;
    const located = `${message}, in item ${position} of its list "${path.join('.')}"`;
    throw new Failure(code, located, { where, expected, cause: error });
  }
}

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [
  0x22, 0x5c, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d,
] as const;

/** The distance from `[` to `]`, and from `{` to `}`. */
const TO_CLOSER = 2;

/** 1 for the bytes inside an item that neither open nor close anything. */
const IS_PLAIN = new Uint8Array(256).fill(1);
for (const byte of [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP]) {
  IS_PLAIN[byte] = 0;
}

/** Cuts the items out of a stream of bytes, with a minimal JSON scanner. */
class ListCutter {
  count = 0;
  readonly #list: JsonListOptions;
  readonly #keeps: boolean;
  #depth = 0;
  /** By depth, the byte that closes what is open there. Depth 0 is unused. */
  readonly #closers = new Uint8Array(DEEPEST + 1);
  /** Bytes in all earlier pieces. */
  #offset = 0;
  /** How many open containers are on the path to the list. */
  #matched = 0;
  /** The depth inside the list while it is open, otherwise 0. */
  #listDepth = 0;
  #wasOpen = false;
  #inText = false;
  #escaped = false;
  /** Whether a key on the path is being read. */
  #inKey = false;
  #awaitsKey = false;
  #key = '';
  /** Bytes collected for the frame or for one item. */
  #parts: Uint8Array[] = [];
  #length = 0;
  #frame: Uint8Array[] = [];
  #frameLength = 0;
  #itemBegun = false;
  #afterComma = false;

  constructor(options: JsonListOptions, keeps: boolean) {
    this.#list = options;
    this.#keeps = keeps;
  }

  /** The items that end in this piece. */
  *push(piece: Uint8Array): Generator<Uint8Array> {
    let from = 0;
    for (let at = 0; at < piece.length; at += 1) {
      if (this.#listDepth !== 0 && this.#depth > this.#listDepth) {
        at = this.#passInside(piece, at);
        if (at === piece.length) break;
      }
      const byte = piece[at] ?? 0;
      if (this.#inText) {
        this.#readText(byte);
        continue;
      }
      if (this.#listDepth !== 0 && this.#depth === this.#listDepth) {
        if (byte === COMMA || byte === CLOSE_LIST) {
          const item = this.#endItem(piece.subarray(from, at), byte);
          from = byte === COMMA ? at + 1 : at;
          if (item !== undefined) yield item;
        } else if (byte > 0x20) this.#itemBegun = true;
      }
      if (byte === QUOTE) this.#beginText();
      else if (byte === OPEN_MAP || byte === OPEN_LIST) {
        if (this.#open(byte)) {
          this.#keepFrame(piece.subarray(from, at + 1));
          from = at + 1;
        }
      } else if (byte === CLOSE_MAP || byte === CLOSE_LIST) this.#close(byte, at);
      else if (byte === COMMA) this.#awaitsKey = this.#depth === this.#matched;
    }
    if (this.#listDepth === 0) this.#keepFrame(piece.subarray(from));
    else this.#keepItem(piece.subarray(from));
    this.#offset += piece.length;
  }

  /** Skips the inside of an item. Returns where it or the piece ends. */
  #passInside(piece: Uint8Array, from: number): number {
    const { length } = piece;
    const [listDepth, closers] = [this.#listDepth, this.#closers];
    let [at, depth, inText] = [from, this.#depth, this.#inText];
    if (this.#escaped) at += 1;
    for (; at < length && depth > listDepth; at += 1) {
      const byte = piece[at] ?? 0;
      if (IS_PLAIN[byte] === 1) continue;
      if (byte === QUOTE) inText = !inText;
      else if (inText) at += byte === BACKSLASH ? 1 : 0;
      else if (byte === CLOSE_MAP || byte === CLOSE_LIST) {
        if (closers[depth] !== byte) throw this.#mismatched(byte, at);
        depth -= 1;
      } else if (byte !== BACKSLASH) {
        depth += 1;
        if (depth > DEEPEST) throw this.#tooDeep();
        closers[depth] = byte + TO_CLOSER;
      }
    }
    this.#escaped = at > length;
    this.#depth = depth;
    this.#inText = inText;
    this.#awaitsKey = false;
    return Math.min(at, length);
  }

  /** Counts the items that end in this piece without keeping them. */
  skim(piece: Uint8Array): void {
    Array.from(this.push(piece));
  }

  /** What is beside the list, after the last piece. */
  frame(): Uint8Array {
    return Buffer.concat(this.#frame, this.#frameLength);
  }

  #readText(byte: number): void {
    if (this.#inKey && (byte !== QUOTE || this.#escaped)) this.#key += String.fromCharCode(byte);
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) {
      this.#inText = false;
      this.#inKey = false;
    }
  }

  #beginText(): void {
    this.#inText = true;
    this.#inKey = this.#awaitsKey && this.#depth === this.#matched && this.#listDepth === 0;
    if (this.#inKey) this.#key = '';
    this.#awaitsKey = false;
  }

  /** Returns whether the list starts here. */
  #open(byte: number): boolean {
    const { path } = this.#list;
    const isOnWay =
      this.#depth === this.#matched &&
      this.#listDepth === 0 &&
      (this.#depth === 0 || this.#spelledKey() === path[this.#matched - 1]);
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw this.#tooDeep();
    this.#closers[this.#depth] = byte + TO_CLOSER;
    if (!isOnWay) return false;
    if (byte === OPEN_MAP && this.#matched < path.length) {
      this.#matched += 1;
      this.#awaitsKey = true;
    }
    if (byte !== OPEN_LIST || this.#matched !== path.length) return false;
    if (this.#wasOpen) throw this.#malformed(`the list "${path.join('.')}" twice`);
    this.#wasOpen = true;
    this.#listDepth = this.#depth;
    return true;
  }

  #close(byte: number, at: number): void {
    if (this.#closers[this.#depth] !== byte) throw this.#mismatched(byte, at);
    if (this.#depth === this.#listDepth) this.#listDepth = 0;
    this.#depth -= 1;
    this.#matched = Math.min(this.#matched, Math.max(0, this.#depth));
    this.#awaitsKey = false;
  }

  /** Resolves escapes: `dat\u0061` is `data`. */
  #spelledKey(): string {
    if (!this.#key.includes('\\')) return this.#key;
    const text = new TextEncoder().encode(`"${this.#key}"`);
    return String(this.#list.parse(text, this.#list.where));
  }

  #endItem(rest: Uint8Array, byte: number): Uint8Array | undefined {
    this.#keepItem(rest);
    const [parts, length, begun] = [this.#parts, this.#length, this.#itemBegun];
    const afterComma = this.#afterComma;
    this.#parts = [];
    this.#length = 0;
    this.#itemBegun = false;
    this.#afterComma = byte === COMMA;
    if (!begun && (afterComma || byte === COMMA)) {
      throw this.#malformed(`a list "${this.#list.path.join('.')}" with a gap between its items`);
    }
    if (!begun) return undefined;
    this.count += 1;
    return this.#keeps ? Buffer.concat(parts, length) : undefined;
  }

  #keepItem(bytes: Uint8Array): void {
    const { where, longestItem = LONGEST_ITEM } = this.#list;
    this.#length += bytes.byteLength;
    if (this.#length > longestItem) {
      const limit = formatCount(longestItem, 'byte');
      throw new Failure('too-large', `${where} sent a list item of more than ${limit}`, {
        where,
      });
    }
    if (this.#keeps && bytes.byteLength > 0) this.#parts.push(bytes);
  }

  #keepFrame(bytes: Uint8Array): void {
    this.#frameLength += bytes.byteLength;
    this.#frame.push(bytes);
    if (this.#frameLength <= LONGEST_FRAME) return;
    const [first = bytes] = this.#frame;
    const isPage = looksLikeHtml(new TextDecoder().decode(first.subarray(0, 1_000)));
    if (isPage) throw this.#malformed('an HTML page instead of JSON');
    const list = this.#list.path.join('.');
    throw this.#malformed(
      `more than ${formatCount(LONGEST_FRAME, 'byte')} outside its list "${list}"`,
    );
  }

  #tooDeep(): Failure {
    return this.#malformed(`JSON nested more than ${DEEPEST} deep`);
  }

  #mismatched(byte: number, at: number): Failure {
    const place = `"${String.fromCharCode(byte)}" after ${formatCount(this.#offset + at, 'byte')}`;
    return this.#malformed(`JSON with an unmatched ${place}`);
  }

  #malformed(what: string): Failure {
    const { where } = this.#list;
    return new Failure('malformed', `${where} returned ${what}`, { where, expected: 'JSON' });
  }
}
