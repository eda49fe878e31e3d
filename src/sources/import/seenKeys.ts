/** Knows which keys a file has already told, in a few dozen bytes a row. */

/** Half full at most; doubled beyond. */
const FIRST_SLOTS = 1024;

/** What a key's earlier row left behind. */
export interface Earlier {
  readonly line: number;
  /** True where that row said the same. */
  readonly same: boolean;
}

/**
 * Remembers by digest: 64 bits of the key (of a million keys two collide once in thirty million
 * files), 32 of what it said, and a number. A million rows take 32 MB, which a Map of texts would
 * take five times.
 */
export class SeenKeys {
  #slots = new Uint32Array(FIRST_SLOTS * 4);
  #size = 0;

  /**
   * Notes what the line says under the key, or tells which earlier line has said something under
   * it.
   */
  claim(key: string, says: string, line: number): Earlier | undefined {
    const [high, low] = halves(key);
    const [saying] = halves(says);
    const at = this.#find(high, low);
    const earlier = this.#slots[at + 3] ?? 0;
    if (earlier !== 0) return { line: earlier, same: this.#slots[at + 2] === saying };
    this.#put(at, [high, low], [saying, line]);
    this.#grow();
    return undefined;
  }

  /** How often the key has been met, this time included. */
  count(key: string): number {
    const [high, low] = halves(key);
    const at = this.#find(high, low);
    const times = (this.#slots[at + 3] ?? 0) + 1;
    this.#put(at, [high, low], [0, times]);
    if (times === 1) this.#grow();
    return times;
  }

  #put(at: number, [high, low]: [number, number], [saying, told]: [number, number]): void {
    this.#slots[at] = high;
    this.#slots[at + 1] = low;
    this.#slots[at + 2] = saying;
    this.#slots[at + 3] = told;
  }

  /** The key's slot, or the free one where it belongs: the last of its four numbers is then 0. */
  #find(high: number, low: number): number {
    const mask = this.#slots.length / 4 - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const at = slot * 4;
      if (this.#slots[at + 3] === 0) return at;
      if (this.#slots[at] === high && this.#slots[at + 1] === low) return at;
    }
  }

  #grow(): void {
    this.#size += 1;
    if (this.#size * 8 < this.#slots.length) return;
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += 4) {
      if (old[at + 3] === 0) continue;
      const to = this.#find(old[at] ?? 0, old[at + 1] ?? 0);
      this.#slots.set(old.subarray(at, at + 4), to);
    }
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
