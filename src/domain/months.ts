/** Calendar months in UTC. */

import type { Period } from './period.ts';

export function monthStartMs(instantMs: number): number {
  const date = new Date(instantMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

/** Start of the next month. */
export function monthEndMs(instantMs: number): number {
  const date = new Date(instantMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

/** `2026-07`. */
export function monthText(instantMs: number): string {
  return new Date(instantMs).toISOString().slice(0, 7);
}

/** Start of the month `2026-07`; `undefined` for an invalid month. */
export function parseMonth(text: string): number | undefined {
  const match = /^(\d{4})-(\d{2})$/.exec(text.trim());
  const [year, month] = [Number(match?.[1]), Number(match?.[2])];
  return month >= 1 && month <= 12 ? Date.UTC(year, month - 1, 1) : undefined;
}

/** The whole months that a period touches, in order. */
export function monthsTouching({ startMs, endMs }: Period): Period[] {
  const months: Period[] = [];
  if (endMs <= startMs) return months;
  for (let atMs = monthStartMs(startMs); atMs < endMs; atMs = monthEndMs(atMs)) {
    months.push({ startMs: atMs, endMs: monthEndMs(atMs) });
  }
  return months;
}
