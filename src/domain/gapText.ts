/** What is said of a gap in the bills, and what to do about it. */

import type { BillGap } from './completeness.ts';
import { counted } from './counted.ts';
import { monthText } from './months.ts';
import { dayText } from './period.ts';

/** One sentence without a full stop, and what to do. */
export function gapText(gap: BillGap): { says: string; mend: string } {
  const { sourceId, unit, name, resourceId } = gap;
  if (unit === 'resource') {
    const called = name === undefined || name === resourceId ? '' : ` (${name})`;
    return {
      says: `${resourceId}${called} of ${sourceId} ran on ${timesText(gap)}, and no charge says so`,
      mend: `pull the charges of ${sourceId} again, or ask the provider why it bills nothing`,
    };
  }
  const what = gap.category === undefined ? 'nothing' : `no ${gap.category}`;
  const usual = gap.category === undefined ? 'it usually does' : 'its inventory saw some';
  return {
    says: `${sourceId} billed ${what} ${whenText(gap)}, though ${usual}`,
    mend:
      'pull or import those charges; if there was nothing to bill, import a charge of 0.00 for ' +
      'that time',
  };
}

/** `since 2026-07-03 (12 days)`, `on 2026-07-03 and 2 more days`, `for 2026-08`. */
function whenText(gap: BillGap): string {
  const { unit, atMs, isOngoing } = gap;
  const first = nameOf(gap, atMs[0] ?? 0);
  if (isOngoing) return `since ${first} (${counted(atMs.length, unit)})`;
  return `${unit === 'month' ? 'for' : 'on'} ${timesText(gap)}`;
}

function timesText(gap: BillGap): string {
  const { unit, atMs } = gap;
  const first = nameOf(gap, atMs[0] ?? 0);
  const left = atMs.length - 1;
  if (left === 0) return first;
  return `${first} and ${counted(left, `more ${unit === 'month' ? 'month' : 'day'}`)}`;
}

/** `2026-07-03`, `2026-08`. */
function nameOf({ unit }: Pick<BillGap, 'unit'>, atMs: number): string {
  return unit === 'month' ? monthText(atMs) : dayText(atMs);
}

/** The days or months of a gap by name. */
export function gapTimes(gap: BillGap): string[] {
  return gap.atMs.map((atMs) => nameOf(gap, atMs));
}
