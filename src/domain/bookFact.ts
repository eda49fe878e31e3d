/** What is so with the bills themselves, as facts with their figures: missing, off, not counted. */

import type { ChargeCategory } from './charge.ts';
import type { BillGap } from './completeness.ts';
import { plainAmount, type ForeignAmount, type UnconvertedCharges } from './currency.ts';
import { add, toDecimal, ZERO } from './exact.ts';
import { usd, usdText } from './money.ts';
import { monthText } from './months.ts';
import { dayText } from './period.ts';
import type { InvoicedMonth, Match, Reconciled, ReconciledLine } from './reconciliation.ts';

/** An amount in another currency than US dollars, as a plain decimal: `{ EUR, 100.5 }`. */
export interface AmountText {
  readonly currency: string;
  readonly amount: string;
}

/** What is asked for beside what the ledger holds, to the last nano-dollar: six to nine places. */
export interface Sides {
  readonly billedUsd: string;
  /** What of it was asked for in other currencies; empty where all was in dollars. */
  readonly billedIn: readonly AmountText[];
  readonly heldUsd: string;
}

/** What should have been billed and was not; `from` is its first day (`2026-07-03`) or month. */
export type GapFact =
  | {
      readonly code: 'charges-missing';
      readonly source: string;
      /** Absent where all of the source is missing. */
      readonly category?: ChargeCategory;
      readonly unit: 'day' | 'month';
      readonly from: string;
      /** So many days or months. */
      readonly count: number;
      /** True where nothing came after it. */
      readonly ongoing: boolean;
      /** At the source's usual day or month; absent where that is not known. */
      readonly likelyUsd?: string;
    }
  | {
      readonly code: 'resource-unbilled';
      readonly source: string;
      readonly resource: string;
      readonly name?: string;
      readonly from: string;
      readonly days: number;
      readonly likelyUsd?: string;
    };

/** What of the bills does not come to what is asked for, or cannot be compared. */
export type UnmatchedFact =
  | ({
      readonly code: 'bill-unreconciled';
      readonly source: string;
      /** `2026-07`. */
      readonly month: string;
      readonly against: Reconciled['against'];
      /** Of the whole month: `matched` where only its parts differ. */
      readonly match: Match;
      readonly invoices: readonly string[];
      readonly lines: number;
      readonly linesOff: number;
      readonly firstOff?: Sides & {
        readonly resource?: string;
        readonly category?: ChargeCategory;
        readonly match: Match;
      };
    } & Sides)
  | (AmountText & {
      readonly code: 'invoice-without-rate';
      readonly source: string;
      readonly month: string;
      readonly invoices: readonly string[];
      /** Of which month no rate is known. */
      readonly rateMonth: string;
    })
  | (AmountText & {
      readonly code: 'charges-without-rate';
      readonly source: string;
      readonly month: string;
      readonly charges: number;
    });

export type BookFact = GapFact | UnmatchedFact;

/** Its days, `2026-07-03`, or months, `2026-08`. */
export function gapTimes({ unit, atMs }: BillGap): string[] {
  return atMs.map(unit === 'month' ? monthText : dayText);
}

export function gapFact(gap: BillGap): GapFact {
  const { sourceId: source, unit, resourceId = '', name, category, atMs, isOngoing } = gap;
  const count = atMs.length;
  const likely = gap.likelyNanoUsd === 0n ? {} : { likelyUsd: sixToNine(gap.likelyNanoUsd) };
  const first = atMs[0] ?? 0;
  if (unit === 'resource') {
    const called = name === undefined ? {} : { name };
    const resource = {
      code: 'resource-unbilled',
      source,
      resource: resourceId,
      ...called,
    } as const;
    return { ...resource, from: dayText(first), days: count, ...likely };
  }
  const of = category === undefined ? {} : { category };
  const from = unit === 'month' ? monthText(first) : dayText(first);
  return {
    code: 'charges-missing',
    source,
    ...of,
    unit,
    from,
    count,
    ongoing: isOngoing,
    ...likely,
  };
}

/** Each of them stops a verdict. */
export function unreconciledFacts(all: readonly Reconciled[]): UnmatchedFact[] {
  return all.flatMap((month): UnmatchedFact[] => {
    const { sourceId: source, monthMs, against, match, invoices, lines } = month;
    const off = lines.filter((line) => line.match !== 'matched');
    if (match === 'matched' && off.length === 0) return [];
    const [first] = off;
    return [
      {
        code: 'bill-unreconciled',
        source,
        month: monthText(monthMs),
        against,
        match,
        ...sidesOf(month),
        invoices,
        lines: lines.length,
        linesOff: off.length,
        ...(first === undefined ? {} : { firstOff: lineFact(first) }),
      },
    ];
  });
}

function lineFact(line: ReconciledLine) {
  const { resourceId, category, match } = line;
  return {
    ...(resourceId === undefined ? {} : { resource: resourceId }),
    ...(category === undefined ? {} : { category }),
    match,
    ...sidesOf(line),
  };
}

/** Months of which an invoice waits for an exchange rate: nobody knows whether they match. */
export function waitingFacts(months: readonly InvoicedMonth[]): UnmatchedFact[] {
  return months.flatMap(({ sourceId: source, monthMs, waiting = [] }) => {
    const byRate = Map.groupBy(
      waiting,
      ({ rate }) => `${rate.currency} ${monthText(rate.monthMs)}`,
    );
    return [...byRate.values()].flatMap((amounts): UnmatchedFact[] => {
      const [first] = amounts;
      if (first === undefined) return [];
      const { currency } = first.original;
      const amount = amounts.reduce((sum, { original }) => add(sum, original.amount), ZERO);
      const invoices = [...new Set(amounts.map(({ invoiceId }) => invoiceId))].sort();
      const of = { code: 'invoice-without-rate', source, month: monthText(monthMs) } as const;
      const asked = amountText({ currency, amount });
      return [{ ...of, invoices, ...asked, rateMonth: monthText(first.rate.monthMs) }];
    });
  });
}

/** Charges that are in no sum, for their dollars are unknown. Each of them stops a verdict. */
export function unconvertedFacts(all: readonly UnconvertedCharges[]): UnmatchedFact[] {
  return all.map(({ sourceId: source, monthMs, charges, ...amount }) => {
    const of = { code: 'charges-without-rate', source, month: monthText(monthMs) } as const;
    return { ...of, charges, ...amountText(amount) };
  });
}

export function sidesOf({
  billedNanoUsd,
  heldNanoUsd,
  billedIn = [],
}: Omit<ReconciledLine, 'match'>): Sides {
  return {
    billedUsd: sixToNine(billedNanoUsd),
    billedIn: billedIn.map(amountText),
    heldUsd: sixToNine(heldNanoUsd),
  };
}

function amountText({ currency, amount }: ForeignAmount): AmountText {
  return { currency, amount: plainAmount(amount) };
}

/** Two amounts that differ by a nano-dollar must not read alike: `1.000000`, `1.000000001`. */
function sixToNine(nano: bigint): string {
  const nine = toDecimal(usd(nano), 9);
  return nine.endsWith('000') ? usdText(usd(nano)) : nine;
}
