/** The name of the audited period, and how an amount is set against it. */

import { DAY_MS, dayStartMs, durationMs, type Period, parseInstant } from '../../domain/period.ts';
import type { Audit } from '../../verdict/audit.ts';
import { dateText, momentText, spanText, timeText } from '../format.ts';
import { oneLine } from '../label.ts';
import type { Reader } from '../locale.ts';

export function auditedPeriod({ window }: Audit): Period {
  return { startMs: Date.parse(window.start), endMs: Date.parse(window.end) };
}

/**
 * `Q3 2026`, `Q3 2026 so far`, or a window's dates: `Jul 1, 2026 to Jul 7, 2026`, both days
 * included.
 */
export function periodName(audit: Audit, reader: Reader): string {
  if (audit.quarter === null) return datesText(auditedPeriod(audit), reader);
  return `${quarterName(audit.quarter)}${audit.window.partial ? ' so far' : ''}`;
}

/** `2026-Q3` is `Q3 2026`. */
export function quarterName(quarter: string): string {
  const [year = '', number = ''] = quarter.split('-');
  return `${number} ${year}`;
}

/** `a quarter` for a finished one, else the length: `over 45 days`. */
export function perPeriod(audit: Audit, reader: Reader): string {
  if (isWholeQuarter(audit)) return 'a quarter';
  return `over ${spanText(durationMs(auditedPeriod(audit)), reader)}`;
}

/** `in the quarter`, `over 45 days`: when something was paid. */
export function withinPeriod(audit: Audit, reader: Reader): string {
  return isWholeQuarter(audit) ? 'in the quarter' : perPeriod(audit, reader);
}

/** `the next quarter`, `the next 45 days`: as long as the audited one. */
export function nextPeriod(audit: Audit, reader: Reader): string {
  if (isWholeQuarter(audit)) return 'the next quarter';
  return `the next ${spanText(durationMs(auditedPeriod(audit)), reader)}`;
}

export function isWholeQuarter({ quarter, window }: Audit): boolean {
  return quarter !== null && !window.partial;
}

/**
 * Days as people say them, the last one included; instants where the window is not made of whole
 * days.
 */
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

/** `2026-12-31` is `Dec 31, 2026`; what is no day is told as it stands. */
export function dayName(day: string, reader: Reader): string {
  const atMs = parseInstant(day);
  return atMs === undefined ? oneLine(day, 24) : dateText(atMs, reader);
}
