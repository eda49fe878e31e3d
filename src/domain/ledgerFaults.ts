/** Faults of ledger rows. Dollars have nine decimals. */

import { DAY_MS, instantText, MINUTE_MS } from './period.ts';

/** Total of a day. */
export interface DaySum {
  readonly usd: string;
  readonly charges: number;
}

export type LedgerRowFault =
  | { readonly code: 'fact-changed' }
  | { readonly code: 'fact-added' }
  | { readonly code: 'facts-changed' }
  | { readonly code: 'facts-missing'; readonly rows: number }
  | { readonly code: 'facts-too-many'; readonly rows: number }
  | { readonly code: 'charge-too-long' }
  /** One day of a charge; without `heldUsd` the day is missing. */
  | { readonly code: 'charge-day-differs'; readonly heldUsd?: string; readonly chargeUsd: string }
  | { readonly code: 'charge-day-without-charge'; readonly heldUsd: string }
  | { readonly code: 'charge-day-not-billed'; readonly heldUsd: string }
  /** A rollup; a side without data is absent. */
  | { readonly code: 'spend-day-differs'; readonly held?: DaySum; readonly given?: DaySum }
  | { readonly code: 'usage-day-without-usage' }
  | { readonly code: 'usage-day-too-large' }
  | { readonly code: 'usage-day-missing' }
  | {
      readonly code: 'usage-day-differs';
      readonly column: string;
      /** An integer; null is unknown. */
      readonly held: string | null;
      readonly given: string | null;
    };

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
