/** Which keys a file has already told: the newest in memory, the older ones on the disk. */

import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Half full at most; doubled beyond. */
const FIRST_SLOTS = 1024;

/** Four numbers of 32 bits: two of the key, one of what it said, and its line or how often. */
const SLOT = 4;
const SLOT_BYTES = 16;

/** So many keys stay in memory: 32 MB. */
const MOST_KEYS = 1024 * 1024;

/** What a key's earlier row left behind. */
export interface Earlier {
  readonly line: number;
  /** True where that row said the same. */
  readonly same: boolean;
}

/** The numbers that are kept under a key. */
type Told = readonly [saying: number, number: number];

/**
 * Remembers by digest: 64 bits of the key (of a million keys two collide once in thirty million
 * files), 32 of what it said, and a number. A million rows take 32 MB; each further million goes
 * to the disk and leaves 1 MB here, which tells of most keys that they are not there.
 */
export class SeenKeys {
  readonly #mostKeys: number;
  #slots = new Uint32Array(FIRST_SLOTS * SLOT);
  #size = 0;
  readonly #runs: Run[] = [];

  constructor(mostKeys = MOST_KEYS) {
    this.#mostKeys = mostKeys;
  }

  /**
   * Notes what the line says under the key, or tells which earlier line has said something under
   * it.
   */
  claim(key: string, says: string, line: number): Earlier | undefined {
    const [high, low] = halves(key);
    const [saying] = halves(says);
    const earlier = this.#told(high, low);
    if (earlier !== undefined) return { line: earlier[1], same: earlier[0] === saying };
    this.#put(high, low, [saying, line]);
    return undefined;
  }

  /** How often the key has been met, this time included. */
  count(key: string): number {
    const [high, low] = halves(key);
    const times = (this.#told(high, low)?.[1] ?? 0) + 1;
    this.#put(high, low, [0, times]);
    return times;
  }

  /** Lets go of what is on the disk. */
  close(): void {
    for (const run of this.#runs) run.close();
    this.#runs.length = 0;
  }

  #told(high: number, low: number): Told | undefined {
    const at = slotOf(this.#slots, high, low);
    const number = this.#slots[at + 3] ?? 0;
    if (number !== 0) return [this.#slots[at + 2] ?? 0, number];
    // The newest first: a count that went on after an older run was full stands there.
    return this.#runs.map((run) => run.told(high, low)).findLast((told) => told !== undefined);
  }

  #put(high: number, low: number, [saying, number]: Told): void {
    const at = slotOf(this.#slots, high, low);
    const isNew = this.#slots[at + 3] === 0;
    this.#slots.set([high, low, saying, number], at);
    if (!isNew) return;
    this.#size += 1;
    if (this.#size >= this.#mostKeys) this.#putAway();
    else if (this.#size * SLOT * 2 >= this.#slots.length) this.#slots = doubled(this.#slots);
  }

  #putAway(): void {
    this.#runs.push(new Run(this.#slots));
    this.#slots.fill(0);
    this.#size = 0;
  }
}

/** The key's slot, or the free one where it belongs: the last of its four numbers is then 0. */
function slotOf(slots: Uint32Array, high: number, low: number): number {
  const mask = slots.length / SLOT - 1;
  for (let slot = low & mask; ; slot = (slot + 1) & mask) {
    const at = slot * SLOT;
    if (slots[at + 3] === 0) return at;
    if (slots[at] === high && slots[at + 1] === low) return at;
  }
}

function doubled(old: Uint32Array): Uint32Array<ArrayBuffer> {
  const slots = new Uint32Array(old.length * 2);
  for (let at = 0; at < old.length; at += SLOT) {
    if (old[at + 3] === 0) continue;
    slots.set(old.subarray(at, at + SLOT), slotOf(slots, old[at] ?? 0, old[at + 1] ?? 0));
  }
  return slots;
}

/** Bits of the filter for each slot of a run, which is half full: eight bits a key. */
const BITS_A_SLOT = 4;

/** So many slots are read at once: most keys are found in the first few. */
const READ_SLOTS = 64;

/** A full table on the disk, and a filter in memory that tells of most keys: not here. */
class Run {
  readonly #slots: number;
  readonly #filter: Uint32Array;
  readonly #file: number;
  readonly #read = new Uint32Array(READ_SLOTS * SLOT);

  constructor(table: Uint32Array) {
    this.#slots = table.length / SLOT;
    this.#filter = new Uint32Array((this.#slots * BITS_A_SLOT) / 32);
    for (let at = 0; at < table.length; at += SLOT) {
      if (table[at + 3] === 0) continue;
      for (const bit of this.#bitsOf(table[at] ?? 0, table[at + 1] ?? 0)) {
        this.#filter[bit >>> 5] = (this.#filter[bit >>> 5] ?? 0) | (1 << (bit & 31));
      }
    }
    this.#file = namelessFile();
    const bytes = new Uint8Array(table.buffer, table.byteOffset, table.byteLength);
    for (let from = 0; from < bytes.length; ) {
      from += writeSync(this.#file, bytes, from, bytes.length - from, from);
    }
  }

  told(high: number, low: number): Told | undefined {
    if (!this.#mayHold(high, low)) return undefined;
    for (let slot = low & (this.#slots - 1); ; slot = (slot + READ_SLOTS) % this.#slots) {
      const most = Math.min(READ_SLOTS, this.#slots - slot);
      readSync(this.#file, this.#read, 0, most * SLOT_BYTES, slot * SLOT_BYTES);
      for (let at = 0; at < most * SLOT; at += SLOT) {
        const number = this.#read[at + 3] ?? 0;
        if (number === 0) return undefined;
        if (this.#read[at] === high && this.#read[at + 1] === low) {
          return [this.#read[at + 2] ?? 0, number];
        }
      }
      if (most < READ_SLOTS) slot = -READ_SLOTS;
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #mayHold(high: number, low: number): boolean {
    return this.#bitsOf(high, low).every(
      (bit) => ((this.#filter[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0,
    );
  }

  /** Four places for each key; a power of two, as the table is. */
  #bitsOf(high: number, low: number): number[] {
    const mask = this.#slots * BITS_A_SLOT - 1;
    const turned = (high >>> 15) | (low << 17);
    return [high & mask, low & mask, (high ^ turned) & mask, (low + turned) & mask];
  }
}

/** Nobody can open it by a name, and it is gone when it is closed or the process ends. */
function namelessFile(): number {
  const folder = mkdtempSync(join(tmpdir(), 'rentcheck-import-'));
  try {
    return openSync(join(folder, 'keys'), 'wx+', 0o600);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Two lanes of 32 bits, each character stirred into both, mixed at the end as MurmurHash3 does. Not
 * for secrets: whoever writes a file could make two of its own rows collide.
 */
function halves(text: string): [number, number] {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
  }
  return [mixed(high, low), mixed(low, high)];
}

function mixed(lane: number, other: number): number {
  const first = Math.imul(lane ^ (lane >>> 16), 2_246_822_507);
  return (first ^ Math.imul(other ^ (other >>> 13), 3_266_489_909)) >>> 0;
}
