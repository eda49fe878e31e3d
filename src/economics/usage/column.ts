/** Adds to columns of sums. */

/** Adds to one slot of a column. */
export function addAt(column: Float64Array, at: number, by: number): void {
  column[at] = (column[at] ?? 0) + by;
}
