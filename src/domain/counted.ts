/** Counts things in words, in the one plain way of terminal and log. */

/** `1 day`, `2 days`, `1,000 tokens`. */
export function counted(count: number, thing: string): string {
  return `${grouped(count)} ${thing}${count === 1 ? '' : 's'}`;
}

/** A whole number with its thousands marked: `2,317`. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
