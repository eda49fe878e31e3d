/** How far a machine's clock is from the newest time that a ledger has recorded. */

import { DAY_MS, instantText, MINUTE_MS } from './period.ts';

/** So far a clock may be behind: clocks of two machines differ, and are set by a little. */
const BEHIND_MS = 5 * MINUTE_MS;
/** So long nothing may have been recorded: a quarter and a week. */
const AHEAD_MS = 100 * DAY_MS;

export interface ClockGap {
  readonly code: 'clock-gap';
  /** Of the ledger's newest record. */
  readonly side: 'behind' | 'ahead';
  readonly seconds: number;
  readonly now: string;
  readonly newestRecord: string;
}

/**
 * What is odd about a clock: it is more than 5 minutes behind the ledger's newest record, or more
 * than 100 days ahead of it. `undefined` where it is neither, or nothing was recorded yet (0).
 */
export function clockGap(lastRecordedMs: number, nowMs: number): ClockGap | undefined {
  const byMs = nowMs - lastRecordedMs;
  if (lastRecordedMs === 0 || (byMs >= -BEHIND_MS && byMs <= AHEAD_MS)) return undefined;
  return {
    code: 'clock-gap',
    side: byMs < 0 ? 'behind' : 'ahead',
    seconds: Math.abs(byMs) / 1_000,
    now: instantText(nowMs),
    newestRecord: instantText(lastRecordedMs),
  };
}
