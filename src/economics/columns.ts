/** Growable lists of numbers in typed arrays. */

export interface Vector<Value> {
  readonly length: number;
  push(value: Value): void;
  /** The value at an index below `length`. */
  at(index: number): Value;
}

const FIRST_LENGTH = 64;

export function numberVector(): Vector<number> {
  let values = new Float64Array(FIRST_LENGTH);
  let length = 0;
  return {
    get length() {
      return length;
    },
    push(value) {
      if (length === values.length) {
        const old = values;
        values = new Float64Array(length * 2);
        values.set(old);
      }
      values[length] = value;
      length += 1;
    },
    at: (index) => values[index] ?? Number.NaN,
  };
}

/** Integers; values above 64 bits are kept separately. */
export function wholeVector(): Vector<bigint> {
  let values = new BigInt64Array(FIRST_LENGTH);
  let length = 0;
  const beyond = new Map<number, bigint>();
  return {
    get length() {
      return length;
    },
    push(value) {
      if (length === values.length) {
        const old = values;
        values = new BigInt64Array(length * 2);
        values.set(old);
      }
      if (BigInt.asIntN(64, value) === value) values[length] = value;
      else beyond.set(length, value);
      length += 1;
    },
    at: (index) => (beyond.size === 0 ? values[index] : beyond.get(index)) ?? values[index] ?? 0n,
  };
}

/** Adds to one slot of a column. */
export function addAt(column: Float64Array, at: number, by: number): void {
  column[at] = (column[at] ?? 0) + by;
}
