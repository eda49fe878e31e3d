/** The days or months of a gap in the bills, by name. */

import type { BillGap } from './completeness.ts';
import { monthText } from './months.ts';
import { dayText } from './period.ts';

/** `2026-07-03`, `2026-08`. */
export function gapTimes({ unit, atMs }: BillGap): string[] {
  return atMs.map(unit === 'month' ? monthText : dayText);
}
