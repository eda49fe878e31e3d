/** Computes the quarterly trend: cost of keeping, and saving of the best plan. */

import type { Exact } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { periodName } from '../words/period.ts';
import { knownAmount } from '../words/reading.ts';
import type { Reader } from '../locale.ts';

export interface QuarterCost {
  /** `Q3 2026`. */
  readonly name: string;
  /**
   * Cost of keeping everything, engineering time included. Absent if the quarter was not audited.
   */
  readonly keep?: Exact;
  /** What the best plan would have saved. Absent if unknown. */
  readonly saving?: Exact;
}

/** Maximum number of quarters whose figures fit. */
const MOST_QUARTERS = 6;

/**
 * The newest quarters in order, including unaudited quarters in between. The newest audit of each
 * quarter counts. Empty for a window given by hand, and for a first quarter.
 */
export function computeQuarterTrend(
  audit: Audit,
  history: readonly Audit[],
  reader: Reader,
): QuarterCost[] {
  const now = numberOf(audit);
  if (now === undefined) return [];
  const byNumber = new Map<number, Audit>();
  for (const each of history.toSorted((a, b) => Date.parse(a.asOf) - Date.parse(b.asOf))) {
    const number = numberOf(each);
    if (number !== undefined && number < now) byNumber.set(number, each);
  }
  byNumber.set(now, audit);
  const first = Math.max(Math.min(...byNumber.keys()), now - MOST_QUARTERS + 1);
  const count = now - first + 1;
  if (count < 2) return [];
  return Array.from({ length: count }, (_, at) =>
    costOf(first + at, byNumber.get(first + at), reader),
  );
}

/** Consecutive number of a quarter: year * 4 + quarter - 1. */
function numberOf({ quarter }: Audit): number | undefined {
  const match = /^(\d{4})-Q([1-4])$/.exec(quarter ?? '');
  return match === null ? undefined : Number(match[1]) * 4 + Number(match[2]) - 1;
}

function costOf(number: number, audit: Audit | undefined, reader: Reader): QuarterCost {
  if (audit === undefined) return { name: `Q${(number % 4) + 1} ${Math.floor(number / 4)}` };
  const [keep, saving] = [
    knownAmount(audit.stack.keepUsd),
    knownAmount(audit.stack.savingUsd.base),
  ];
  return {
    name: periodName(audit, reader),
    ...(keep === undefined ? {} : { keep }),
    ...(saving === undefined ? {} : { saving }),
  };
}
