/** Calendar months, UTC. */

import type { Period } from '../../domain/period.ts';

/** The month that lies so many months after the one of an instant. */
function monthAt(instantMs: number, offset: number): Period {
  const date = new Date(instantMs);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + offset];
  return { startMs: Date.UTC(year, month, 1), endMs: Date.UTC(year, month + 1, 1) };
}

/** Every month that a period touches, whole and in order. */
export function monthsOf({ startMs, endMs }: Period): Period[] {
  const months: Period[] = [];
  if (endMs <= startMs) return months;
  for (let month = monthAt(startMs, 0); month.startMs < endMs; month = monthAt(month.startMs, 1)) {
    months.push(month);
  }
  return months;
}
