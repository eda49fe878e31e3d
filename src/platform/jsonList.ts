/** Reads a JSON answer of any length: its one long list item by item, the rest as a value. */

import { counted } from '../domain/counted.ts';
import { Failure } from '../domain/failure.ts';
import type { Body } from '../domain/provenance.ts';
import { plainPieces } from './body.ts';
import { looksLikeHtml, type parsePlain } from './json.ts';

/** What a list is asked for with. */
export interface ListWish {
  /** Keys that lead to the list: `['data', 'result']`. */
  readonly path: readonly string[];
  /** For messages: the redacted URL. */
  readonly where: string;
  /** A longer item is refused; 1 MiB unless told. */
  readonly longestItem?: number;
  /** How JSON becomes values: {@link parsePlain} or `parseLossless`. */
  readonly parse: typeof parsePlain;
}

export interface ListBody {
  /** The whole value with the list left empty. */
  readonly frame: unknown;
  /** How many items the list has; 0 where there is no list. */
  readonly count: number;
  /** Each item parsed, in order: never two at once. */
  items(): Iterable<unknown>;
  /** The bytes of each item, for who parses them in another way. */
  texts(): Iterable<Uint8Array>;
}

const LONGEST_ITEM = 1024 * 1024;

/** What stands beside the list is small; more of it is no answer that anyone documents. */
const LONGEST_FRAME = 1024 * 1024;

/** Honest answers nest six deep; a parser's stack must not hang on the other side's word. */
const DEEPEST = 64;

/**
 * Looks through the body once and tells what stands beside the list; `items` goes through it again.
 * Costs one item's memory, whatever the body's length.
 * @throws {Failure} `malformed` where it is not JSON, has the list twice or nests without end;
 *   `too-large` for an item longer than what is allowed. Both also out of `items`.
 */
export function openList(body: Body, wish: ListWish): ListBody {
  const cutter = new ListCutter(wish, false);
  for (const piece of plainPieces(body)) cutter.skim(piece);
  const frame = wish.parse(cutter.frame(), wish.where);
  function* texts() {
    const again = new ListCutter(wish, true);
    for (const piece of plainPieces(body)) yield* again.push(piece);
  }
  return {
    frame,
    count: cutter.count,
    texts,
    *items() {
      let position = 0;
      for (const item of texts()) yield parsedItem(item, position++, wish);
    },
  };
}

function parsedItem(item: Uint8Array, position: number, { parse, path, where }: ListWish) {
  try {
    return parse(item, where);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { code, message, expected = 'JSON' } = error;
    const told = `${message}, in item ${position} of its list "${path.join('.')}"`;
    throw new Failure(code, told, { where, expected, cause: error });
  }
}

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [
  0x22, 0x5c, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d,
] as const;

/** From `[` to `]`, and from `{` to `}`. */
const TO_CLOSER = 2;

/** 1 for the bytes inside an item that neither begin nor end anything. */
const IS_PLAIN = new Uint8Array(256).fill(1);
for (const byte of [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP]) {
  IS_PLAIN[byte] = 0;
}

/** Cuts the items out of a stream of bytes, without understanding more of JSON than it must. */
class ListCutter {
  count = 0;
  readonly #wish: ListWish;
  readonly #keeps: boolean;
  #depth = 0;
  /** By depth, the byte that closes what is open there; nothing is open at depth 0. */
  readonly #closers = new Uint8Array(DEEPEST + 1);
  /** Bytes of the pieces before this one. */
  #offset = 0;
  /** How many of the open containers lie on the way to the list. */
  #matched = 0;
  /** The depth inside the list while it is open; else 0. */
  #listDepth = 0;
  #wasOpen = false;
  #inText = false;
  #escaped = false;
  /** A key on the way is being read. */
  #inKey = false;
  #awaitsKey = false;
  #key = '';
  /** Bytes of what is being gathered: the frame, or one item. */
  #parts: Uint8Array[] = [];
  #length = 0;
  #frame: Uint8Array[] = [];
  #frameLength = 0;
  #itemBegun = false;
  #afterComma = false;

  constructor(wish: ListWish, keeps: boolean) {
    this.#wish = wish;
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

  /** Passes what is inside an item. Answers where that ends, or the piece does. */
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

  /** Counts the items that end in this piece, and keeps none. */
  skim(piece: Uint8Array): void {
    Array.from(this.push(piece));
  }

  /** What stands beside the list, once all pieces are in. */
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

  /** Answers whether the list begins here. */
  #open(byte: number): boolean {
    const { path } = this.#wish;
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

  /** `dat\u0061` is `data`, to us as to any parser. */
  #spelledKey(): string {
    if (!this.#key.includes('\\')) return this.#key;
    const text = new TextEncoder().encode(`"${this.#key}"`);
    return String(this.#wish.parse(text, this.#wish.where));
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
      throw this.#malformed(`a list "${this.#wish.path.join('.')}" with a gap between its items`);
    }
    if (!begun) return undefined;
    this.count += 1;
    return this.#keeps ? Buffer.concat(parts, length) : undefined;
  }

  #keepItem(bytes: Uint8Array): void {
    const { where, longestItem = LONGEST_ITEM } = this.#wish;
    this.#length += bytes.byteLength;
    if (this.#length > longestItem) {
      const limit = counted(longestItem, 'byte');
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
    const list = this.#wish.path.join('.');
    throw this.#malformed(`more than ${counted(LONGEST_FRAME, 'byte')} outside its list "${list}"`);
  }

  #tooDeep(): Failure {
    return this.#malformed(`JSON nested more than ${DEEPEST} deep`);
  }

  #mismatched(byte: number, at: number): Failure {
    const place = `"${String.fromCharCode(byte)}" after ${counted(this.#offset + at, 'byte')}`;
    return this.#malformed(`JSON with an unmatched ${place}`);
  }

  #malformed(what: string): Failure {
    const { where } = this.#wish;
    return new Failure('malformed', `${where} returned ${what}`, { where, expected: 'JSON' });
  }
}
