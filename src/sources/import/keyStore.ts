/** Stores the keys that a file contains: the newest in memory, older ones on disk. */

import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The initial size of the table, which is doubled once it is half full. */
const FIRST_SLOTS = 1024;

/** The 32-bit numbers of a slot: two of the key, one of the row's values, and its line or count. */
const SLOT_NUMBERS = 4;
const SLOT_BYTES = 16;

/** The most keys in memory, which take 32 MB. */
const MAX_KEYS = 1024 * 1024;

/** The earlier row with a key. */
export interface EarlierRow {
  readonly line: number;
  /** Whether that row had the same values. */
  readonly isSame: boolean;
}

/** The numbers that are stored for a key. */
type Entry = readonly [saying: number, number: number];

/**
 * Stores digests: 64 bits of the key, 32 bits of the row's values, and a number. With a million
 * keys, two collide once in thirty million files. A million rows take 32 MB. Each further million
 * goes to disk and leaves a 1 MB filter in memory, which rules out most unknown keys.
 */
export class SeenKeys {
  readonly #mostKeys: number;
  #slots = new Uint32Array(FIRST_SLOTS * SLOT_NUMBERS);
  #size = 0;
  readonly #runs: Run[] = [];

  constructor(mostKeys = MAX_KEYS) {
    this.#mostKeys = mostKeys;
  }

  /** Stores the row's values under the key, or returns the earlier line with that key. */
  claim(key: string, says: string, line: number): EarlierRow | undefined {
    const [high, low] = hash(key);
    const [digest] = hash(says);
    const earlier = this.#find(high, low);
    if (earlier !== undefined) return { line: earlier[1], isSame: earlier[0] === digest };
    this.#put(high, low, [digest, line]);
    return undefined;
  }

  /** How often the key has been counted, including this time. */
  count(key: string): number {
    const [high, low] = hash(key);
    const times = (this.#find(high, low)?.[1] ?? 0) + 1;
    this.#put(high, low, [0, times]);
    return times;
  }

  /** Removes the files on disk. */
  close(): void {
    for (const run of this.#runs) run.close();
    this.#runs.length = 0;
  }

  #find(high: number, low: number): Entry | undefined {
    const at = slotOf(this.#slots, high, low);
    const number = this.#slots[at + 3] ?? 0;
    if (number !== 0) return [this.#slots[at + 2] ?? 0, number];
    // The newest run comes first, since it has the latest count of a key.
    return this.#runs.map((run) => run.find(high, low)).findLast((entry) => entry !== undefined);
  }

  #put(high: number, low: number, [digest, number]: Entry): void {
    const at = slotOf(this.#slots, high, low);
    const isNew = this.#slots[at + 3] === 0;
    this.#slots.set([high, low, digest, number], at);
    if (!isNew) return;
    this.#size += 1;
    if (this.#size >= this.#mostKeys) this.#spill();
    else if (this.#size * SLOT_NUMBERS * 2 >= this.#slots.length) this.#slots = grow(this.#slots);
  }

  #spill(): void {
    this.#runs.push(new Run(this.#slots));
    this.#slots.fill(0);
    this.#size = 0;
  }
}

/** The key's slot, or the free slot for it. A slot is free if its last number is 0. */
function slotOf(slots: Uint32Array, high: number, low: number): number {
  const mask = slots.length / SLOT_NUMBERS - 1;
  for (let slot = low & mask; ; slot = (slot + 1) & mask) {
    const at = slot * SLOT_NUMBERS;
    if (slots[at + 3] === 0) return at;
    if (slots[at] === high && slots[at + 1] === low) return at;
  }
}

function grow(old: Uint32Array): Uint32Array<ArrayBuffer> {
  const slots = new Uint32Array(old.length * 2);
  for (let at = 0; at < old.length; at += SLOT_NUMBERS) {
    if (old[at + 3] === 0) continue;
    slots.set(old.subarray(at, at + SLOT_NUMBERS), slotOf(slots, old[at] ?? 0, old[at + 1] ?? 0));
  }
  return slots;
}

/** Filter bits per slot. Runs are half full, so this is eight bits per key. */
const BITS_PER_SLOT = 4;

/** Slots that are read together. Most keys are found in the first few. */
const READ_SLOTS = 64;

/** A full table on disk, with a filter in memory that rules out most unknown keys. */
class Run {
  readonly #slots: number;
  readonly #filter: Uint32Array;
  readonly #file: number;
  readonly #read = new Uint32Array(READ_SLOTS * SLOT_NUMBERS);

  constructor(table: Uint32Array) {
    this.#slots = table.length / SLOT_NUMBERS;
    this.#filter = new Uint32Array((this.#slots * BITS_PER_SLOT) / 32);
    for (let at = 0; at < table.length; at += SLOT_NUMBERS) {
      if (table[at + 3] === 0) continue;
      for (const bit of this.#bitsOf(table[at] ?? 0, table[at + 1] ?? 0)) {
        this.#filter[bit >>> 5] = (this.#filter[bit >>> 5] ?? 0) | (1 << (bit & 31));
      }
    }
    this.#file = openUnnamedFile();
    const bytes = new Uint8Array(table.buffer, table.byteOffset, table.byteLength);
    for (let from = 0; from < bytes.length; ) {
      from += writeSync(this.#file, bytes, from, bytes.length - from, from);
    }
  }

  find(high: number, low: number): Entry | undefined {
    if (!this.#mayContain(high, low)) return undefined;
    for (let slot = low & (this.#slots - 1); ; slot = (slot + READ_SLOTS) % this.#slots) {
      const length = Math.min(READ_SLOTS, this.#slots - slot);
      readSync(this.#file, this.#read, 0, length * SLOT_BYTES, slot * SLOT_BYTES);
      for (let at = 0; at < length * SLOT_NUMBERS; at += SLOT_NUMBERS) {
        const number = this.#read[at + 3] ?? 0;
        if (number === 0) return undefined;
        if (this.#read[at] === high && this.#read[at + 1] === low) {
          return [this.#read[at + 2] ?? 0, number];
        }
      }
      if (length < READ_SLOTS) slot = -READ_SLOTS;
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #mayContain(high: number, low: number): boolean {
    return this.#bitsOf(high, low).every(
      (bit) => ((this.#filter[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0,
    );
  }

  /** Four bits for each key. The number of bits is a power of two, as the table's size is. */
  #bitsOf(high: number, low: number): number[] {
    const mask = this.#slots * BITS_PER_SLOT - 1;
    const rotated = (high >>> 15) | (low << 17);
    return [high & mask, low & mask, (high ^ rotated) & mask, (low + rotated) & mask];
  }
}

/** Opens a file that has no name and is deleted when it is closed or the process ends. */
function openUnnamedFile(): number {
  const folder = mkdtempSync(join(tmpdir(), 'rentcheck-import-'));
  try {
    return openSync(join(folder, 'keys'), 'wx+', 0o600);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * A 64-bit hash of two 32-bit lanes. Each character changes both lanes, and they are mixed at the
 * end as in MurmurHash3. It is not cryptographic: the author of a file could make two of its rows
 * collide.
 */
function hash(text: string): [number, number] {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
  }
  return [mix(high, low), mix(low, high)];
}

function mix(lane: number, other: number): number {
  const first = Math.imul(lane ^ (lane >>> 16), 2_246_822_507);
  return (first ^ Math.imul(other ^ (other >>> 13), 3_266_489_909)) >>> 0;
}
