/** The quarters up to this one: what keeping cost in each, and what a change would save. */

import type { Exact } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { periodName } from '../words/period.ts';
import { known } from '../words/reading.ts';
import type { Reader } from '../locale.ts';

export interface QuarterCost {
  /** `Q3 2026`. */
  readonly name: string;
  /** Of keeping everything, people's time included; absent where the quarter was not audited. */
  readonly keep?: Exact;
  /** What the best plan would have saved of it; absent where that is not known. */
  readonly saving?: Exact;
}

/** So many have room for their figures. */
const MOST_QUARTERS = 6;

/**
 * The newest quarters in order, those between them that were not audited too. Of several audits of
 * a quarter the newest counts. Empty for a window by hand, and for a first quarter.
 */
export function quarterTrend(
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

/** Quarters counted on, so that those next to each other differ by one. */
function numberOf({ quarter }: Audit): number | undefined {
  const match = /^(\d{4})-Q([1-4])$/.exec(quarter ?? '');
  return match === null ? undefined : Number(match[1]) * 4 + Number(match[2]) - 1;
}

function costOf(number: number, audit: Audit | undefined, reader: Reader): QuarterCost {
  if (audit === undefined) return { name: `Q${(number % 4) + 1} ${Math.floor(number / 4)}` };
  const [keep, saving] = [known(audit.stack.keepUsd), known(audit.stack.savingUsd.base)];
  return {
    name: periodName(audit, reader),
    ...(keep === undefined ? {} : { keep }),
    ...(saving === undefined ? {} : { saving }),
  };
}
