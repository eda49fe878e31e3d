/** Names the audited period, and phrases amounts per period. */

import { DAY_MS, dayStartMs, durationMs, type Period, parseInstant } from '../../domain/period.ts';
import type { Audit } from '../../verdict/audit.ts';
import { quarterName } from '../copy/figures.ts';
import { dateText, momentText, spanText, timeText } from '../format.ts';
import { oneLine } from '../displayText.ts';
import type { Reader } from '../locale.ts';

export function auditedPeriod({ window }: Audit): Period {
  return { startMs: Date.parse(window.start), endMs: Date.parse(window.end) };
}

/**
 * `Q3 2026`, `Q3 2026 so far`, or the window's dates, both included: `Jul 1, 2026 to Jul 7, 2026`.
 */
export function periodName(audit: Audit, reader: Reader): string {
  if (audit.quarter === null) return datesText(auditedPeriod(audit), reader);
  return `${quarterName(audit.quarter)}${audit.window.partial ? ' so far' : ''}`;
}

/** `a quarter` for a whole quarter, otherwise the length: `over 45 days`. */
export function perPeriod(audit: Audit, reader: Reader): string {
  if (isWholeQuarter(audit)) return 'a quarter';
  return `over ${spanText(durationMs(auditedPeriod(audit)), reader)}`;
}

/** `in the quarter`, or `over 45 days`. */
export function withinPeriod(audit: Audit, reader: Reader): string {
  return isWholeQuarter(audit) ? 'in the quarter' : perPeriod(audit, reader);
}

/** The next period of the same length: `the next quarter`, `the next 45 days`. */
export function nextPeriod(audit: Audit, reader: Reader): string {
  if (isWholeQuarter(audit)) return 'the next quarter';
  return `the next ${spanText(durationMs(auditedPeriod(audit)), reader)}`;
}

export function isWholeQuarter({ quarter, window }: Audit): boolean {
  return quarter !== null && !window.partial;
}

/** The window's dates, last day included. Instants if the window is not whole days. */
function datesText({ startMs, endMs }: Period, reader: Reader): string {
  if (dayStartMs(startMs) !== startMs || dayStartMs(endMs) !== endMs) {
    const isOneDay = dayStartMs(startMs) === dayStartMs(endMs);
    const start = isOneDay
      ? momentText(startMs, reader).replace(' UTC', '')
      : momentText(startMs, reader);
    return `${start} to ${isOneDay ? timeText(endMs) : momentText(endMs, reader)}`;
  }
  const lastMs = endMs - DAY_MS;
  return lastMs === startMs
    ? dateText(startMs, reader)
    : `${dateText(startMs, reader)} to ${dateText(lastMs, reader)}`;
}

/** `2026-12-31` is `Dec 31, 2026`. Text that is not a day is returned as it is. */
export function dayName(day: string, reader: Reader): string {
  const atMs = parseInstant(day);
  return atMs === undefined ? oneLine(day, 24) : dateText(atMs, reader);
}
