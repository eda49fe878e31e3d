/** Delays before a retry. */

import type { Random } from './random.ts';

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * Doubles from half a second up to half a minute, minus a random share of up to half. The jitter
 * keeps workers that failed together from retrying together. The second retry waits 500 to 1,000
 * ms.
 */
export function backoffMs(retry: number, random: Random): number {
  const full = Math.min(FIRST_MS * 2 ** (retry - 1), LONGEST_MS);
  return Math.round(full * (1 - random.next() / 2));
}

/**
 * Parses `Retry-After`, in seconds or as an HTTP date, to milliseconds from `nowMs`. A past date is
 * 0, unreadable text is `undefined`. `'12'` is 12,000.
 */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}(?:\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  if (!/[a-z]{3}/i.test(text)) return undefined;
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
