/** Filters JSON as it streams in and keeps only the fields that are read. */

/** The parts of a JSON value to keep. All others are dropped at any depth. */
export interface JsonFields {
  /** Whether a string is kept here. Numbers, true, false and null always are. */
  readonly scalar: boolean;
  /** For each element of a list. */
  readonly list?: JsonFields;
  /** For the member with this name. `undefined` drops it. */
  readonly member?: (name: string) => JsonFields | undefined;
}

/** Deeper than any documented response. Each level costs memory. */
const DEEPEST = 200;

const [QUOTE, COMMA, COLON, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [
  0x22, 0x2c, 0x3a, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d,
] as const;

/** What may come next outside of a token. */
type Next = 'value' | 'value or end' | 'name' | 'name or end' | 'colon' | 'comma or end' | 'end';

/** An open list or object. */
interface Frame {
  readonly isList: boolean;
  /** Whether it is written, even if empty. */
  readonly isWritten: boolean;
  /** The fields inside, or `undefined` if none are kept. */
  readonly inside: JsonFields | undefined;
  /** Whether a member was written already, so the next one needs a comma. */
  isBegun: boolean;
}

/**
 * Passes on the kept parts of a JSON text that arrives in pieces. With the fields `pods[].id`,
 * `{"pods":[{"id":"a","env":{…}}]}` becomes `{"pods":[{"id":"a"}]}`. Kept values are unchanged to
 * the last digit.
 * A list or object in the place of a scalar leaves `[]` or `{}`, and a string in the place of those
 * leaves `""`, so that a reader finds the same fault. The output is no longer than the input.
 * Memory is bounded by one piece and one name.
 */
export class JsonFilter {
  /** Not JSON, or nested too deeply. All output so far must be discarded. */
  isBroken = false;
  readonly #frames: Frame[] = [];
  #next: Next = 'value';
  #token: 'none' | 'text' | 'name' | 'word' = 'none';
  #isEscaped = false;
  /** Whether the current token is copied to the output. */
  #isCopied = false;
  /** The fields of the next value. */
  #fields: JsonFields | undefined;
  #name: number[] = [];
  #out: Uint8Array = new Uint8Array(0);
  #length = 0;

  constructor(fields: JsonFields) {
    this.#fields = fields;
  }

  /** The kept part of the next piece. */
  push(piece: Uint8Array): Uint8Array {
    // A comma, a colon and a quote may be left over from an earlier piece.
    this.#out = new Uint8Array(piece.length + this.#name.length + 8);
    this.#length = 0;
    for (let index = 0; index < piece.length && !this.isBroken; ) {
      const byte = piece[index] ?? 0;
      const end = byte === OPEN_LIST ? this.#copyLists(piece, index) : index;
      if (end === index) this.#take(byte);
      index = Math.max(end, index + 1);
    }
    return this.isBroken ? new Uint8Array(0) : this.#out.subarray(0, this.#length);
  }

  /** Whether the input was one complete JSON value. */
  end(): boolean {
    if (this.#token === 'word') this.#endValue();
    return !this.isBroken && this.#next === 'end' && this.#token === 'none';
  }

  /**
   * Copies consecutive lists of scalars that are kept whole, like `[1795136107,"1684040"]`. Returns
   * where they end, or `from` if nothing was copied.
   */
  #copyLists(piece: Uint8Array, from: number): number {
    const isValue = this.#next === 'value' || this.#next === 'value or end';
    const isInList = this.#token === 'none' && this.#frames.at(-1)?.isList === true;
    const isKept = this.#fields?.list?.scalar === true && this.#frames.length < DEEPEST;
    if (!isValue || !isInList || !isKept) return from;
    let end = plainListEnd(piece, from);
    if (end === from) return from;
    while (piece[end] === COMMA && piece[end + 1] === OPEN_LIST) {
      const next = plainListEnd(piece, end + 1);
      if (next === end + 1) break;
      end = next;
    }
    this.#separate();
    this.#out.set(piece.subarray(from, end), this.#length);
    this.#length += end - from;
    this.#endValue();
    return end;
  }

  #take(byte: number): void {
    if (this.#token === 'text') this.#takeText(byte);
    else if (this.#token === 'name') this.#takeName(byte);
    else if (this.#token === 'word' && !endsWord(byte)) this.#copy(byte);
    else {
      if (this.#token === 'word') this.#endValue();
      if (!isSpace(byte)) this.#begin(byte);
    }
  }

  #takeText(byte: number): void {
    this.#copy(byte);
    if (this.#endsText(byte)) this.#endValue();
  }

  #takeName(byte: number): void {
    if (this.#frames.at(-1)?.inside !== undefined) this.#name.push(byte);
    if (this.#endsText(byte)) this.#endName();
  }

  #endsText(byte: number): boolean {
    const isEscape = byte === BACKSLASH && !this.#isEscaped;
    const ends = byte === QUOTE && !this.#isEscaped;
    this.#isEscaped = isEscape;
    return ends;
  }

  /** Handles a byte outside of every token. */
  #begin(byte: number): void {
    const next = this.#next;
    if (next === 'colon' && byte === COLON) this.#next = 'value';
    else if (next === 'comma or end' && byte === COMMA) this.#passComma();
    else if (byte === CLOSE_LIST || byte === CLOSE) this.#close(byte === CLOSE_LIST);
    else if (next === 'value' || next === 'value or end') this.#beginValue(byte);
    else if ((next === 'name' || next === 'name or end') && byte === QUOTE) this.#beginName();
    else this.isBroken = true;
  }

  #passComma(): void {
    const frame = this.#frames.at(-1);
    this.#next = frame?.isList === true ? 'value' : 'name';
    if (frame?.isList === true) this.#fields = frame.inside;
  }

  #beginName(): void {
    this.#token = 'name';
    this.#name = this.#frames.at(-1)?.inside === undefined ? [] : [QUOTE];
  }

  #endName(): void {
    this.#token = 'none';
    this.#next = 'colon';
    this.#fields = undefined;
    const { inside } = this.#frames.at(-1) ?? {};
    if (inside === undefined) return;
    const name = textOf(this.#name);
    if (name === undefined) this.isBroken = true;
    else this.#fields = inside.member?.(name);
    if (this.#fields !== undefined) {
      this.#separate();
      for (const byte of this.#name) this.#write(byte);
      this.#write(COLON);
    }
    this.#name = [];
  }

  #beginValue(byte: number): void {
    const fields = this.#fields;
    if (fields !== undefined && this.#frames.at(-1)?.isList === true) this.#separate();
    if (byte === OPEN_LIST || byte === OPEN) this.#open(byte === OPEN_LIST, fields);
    else if (byte === QUOTE) this.#beginText(fields);
    else if (beginsWord(byte)) {
      this.#token = 'word';
      this.#isCopied = fields !== undefined;
      this.#copy(byte);
    } else this.isBroken = true;
  }

  #beginText(fields: JsonFields | undefined): void {
    this.#token = 'text';
    this.#isCopied = fields?.scalar === true;
    if (fields === undefined) return;
    this.#write(QUOTE);
    if (!fields.scalar) this.#write(QUOTE);
  }

  #open(isList: boolean, fields: JsonFields | undefined): void {
    if (this.#frames.length >= DEEPEST) {
      this.isBroken = true;
      return;
    }
    const isWritten = fields !== undefined;
    if (isWritten) this.#write(isList ? OPEN_LIST : OPEN);
    const ofMembers = fields?.member === undefined ? undefined : fields;
    const inside = isList ? fields?.list : ofMembers;
    this.#frames.push({ isList, isWritten, inside, isBegun: false });
    this.#fields = isList ? inside : undefined;
    this.#next = isList ? 'value or end' : 'name or end';
  }

  #close(isList: boolean): void {
    const frame = this.#frames.pop();
    if (frame?.isList !== isList || !this.#next.endsWith(' or end')) {
      this.isBroken = true;
      return;
    }
    if (frame.isWritten) this.#write(isList ? CLOSE_LIST : CLOSE);
    this.#endValue();
  }

  #endValue(): void {
    this.#token = 'none';
    this.#next = this.#frames.length === 0 ? 'end' : 'comma or end';
  }

  #separate(): void {
    const frame = this.#frames.at(-1);
    if (frame?.isBegun === true) this.#write(COMMA);
    if (frame !== undefined) frame.isBegun = true;
  }

  #copy(byte: number): void {
    if (this.#isCopied) this.#write(byte);
  }

  #write(byte: number): void {
    this.#out[this.#length] = byte;
    this.#length += 1;
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/**
 * The first byte of a number, `true`, `false` or `null`. The reader of the output validates the
 * rest.
 */
function beginsWord(byte: number): boolean {
  const isDigit = byte >= 0x30 && byte <= 0x39;
  return isDigit || byte === 0x2d || byte === 0x74 || byte === 0x66 || byte === 0x6e;
}

function endsWord(byte: number): boolean {
  return ENDS_WORD[byte] === 1;
}

const ENDS_WORD = new Uint8Array(256);
for (const byte of [COMMA, CLOSE, CLOSE_LIST, COLON, QUOTE, OPEN, OPEN_LIST]) ENDS_WORD[byte] = 1;
for (const space of [0x20, 0x0a, 0x0d, 0x09]) ENDS_WORD[space] = 1;

/**
 * The end of a list of words and strings without escapes or spaces. Returns `from` for any other
 * list, or one that does not end in this piece.
 */
function plainListEnd(piece: Uint8Array, from: number): number {
  const { length } = piece;
  for (let at = from + 1; at < length; at += 1) {
    if (piece[at] === QUOTE) {
      at += 1;
      while (at < length && piece[at] !== QUOTE && piece[at] !== BACKSLASH) at += 1;
      if (piece[at] !== QUOTE) return from;
      at += 1;
    } else {
      if (!beginsWord(piece[at] ?? 0)) return from;
      at += 1;
      while (at < length && ENDS_WORD[piece[at] ?? 0] === 0) at += 1;
    }
    if (piece[at] === CLOSE_LIST) return at + 1;
    if (piece[at] !== COMMA) return from;
  }
  return from;
}

/** The name with escapes resolved, or `undefined` if it is not JSON. */
function textOf(quoted: readonly number[]): string | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(quoted))) as string;
  } catch {
    // A broken escape breaks the whole text.
    return undefined;
  }
}
