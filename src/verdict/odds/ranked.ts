/** Selects the n-th smallest number without sorting all of them (quickselect). */

/**
 * The value at `rank` (0 is the smallest) if the values were sorted. Reorders `values` in place:
 * smaller ones before that place, larger ones after it. Of 9, 1 and 5 the value at rank 1 is 5.
 */
export function valueAtRank(values: Float64Array, rank: number): number {
  let [first, last] = [0, values.length - 1];
  while (first < last) {
    const pivot = middleOf(at(values, first), at(values, (first + last) >> 1), at(values, last));
    let [low, high] = [first, last];
    while (low <= high) {
      while (at(values, low) < pivot) low += 1;
      while (at(values, high) > pivot) high -= 1;
      if (low > high) break;
      const moved = at(values, low);
      values[low] = at(values, high);
      values[high] = moved;
      low += 1;
      high -= 1;
    }
    if (rank <= high) last = high;
    else if (rank >= low) first = low;
    else break;
  }
  return at(values, rank);
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? 0;
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
