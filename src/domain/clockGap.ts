/** Checks the system clock against the newest time in the ledger. */

import { DAY_MS, instantText, MINUTE_MS } from './period.ts';

/** Allowed lag: clocks of two servers differ, and time synchronization moves them slightly. */
const BEHIND_MS = 5 * MINUTE_MS;
/** Longest time without new records: a quarter and a week. */
const AHEAD_MS = 100 * DAY_MS;

export interface ClockGap {
  readonly code: 'clock-gap';
  /** Whether the clock is behind or ahead of the ledger's newest record. */
  readonly side: 'behind' | 'ahead';
  readonly seconds: number;
  readonly now: string;
  readonly newestRecord: string;
}

/**
 * A gap if the clock is over 5 minutes behind the ledger's newest record, or over 100 days ahead.
 * `undefined` otherwise, or if nothing has been recorded yet (0).
 */
export function clockGap(lastRecordedMs: number, nowMs: number): ClockGap | undefined {
  const differenceMs = nowMs - lastRecordedMs;
  if (lastRecordedMs === 0 || (differenceMs >= -BEHIND_MS && differenceMs <= AHEAD_MS))
    return undefined;
  return {
    code: 'clock-gap',
    side: differenceMs < 0 ? 'behind' : 'ahead',
    seconds: Math.abs(differenceMs) / 1_000,
    now: instantText(nowMs),
    newestRecord: instantText(lastRecordedMs),
  };
}
