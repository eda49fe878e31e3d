/** Names the period of an audit, and days. */

import { DAY_MS, dayStartMs, type Period } from '../../domain/period.ts';
import type { Audit } from '../../verdict/audit.ts';
import { dateText, momentText, quarterName, timeText } from '../format.ts';
import type { Reader } from '../locale.ts';

export function auditedPeriod({ window }: Pick<Audit, 'window'>): Period {
  return { startMs: Date.parse(window.start), endMs: Date.parse(window.end) };
}

/**
 * `Q3 2026`, `Q3 2026 so far`, or the window's dates, both included: `Jul 1, 2026 to Jul 7, 2026`.
 */
export function periodName(audit: Pick<Audit, 'quarter' | 'window'>, reader: Reader): string {
  if (audit.quarter === null) return datesText(auditedPeriod(audit), reader);
  return `${quarterName(audit.quarter)}${audit.window.partial ? ' so far' : ''}`;
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
