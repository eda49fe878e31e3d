/** Formats counts for terminal and log. */

/** `1 day`, `2 days`, `1,000 tokens`. */
export function formatCount(count: number, noun: string): string {
  return `${groupThousands(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A whole number with thousands separators: `2,317`. */
export function groupThousands(count: number): string {
  return count.toLocaleString('en-US');
}
