/** Knows how things are counted in words. */

/** `1 day`, `2 days`, `1,000 tokens`. */
export function counted(count: number, thing: string): string {
  return `${count.toLocaleString('en-US')} ${thing}${count === 1 ? '' : 's'}`;
}
