/** Binary search in sorted numbers. */

/**
 * The first index for which `holds` is true, if it is true for all later values too; the length if
 * there is none.
 */
export function firstWhere(sorted: ArrayLike<number>, holds: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(sorted[middle] ?? Number.NaN)) high = middle;
    else low = middle + 1;
  }
  return low;
}
