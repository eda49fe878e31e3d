/** Facts about bills, with figures: missing charges, differences and missing exchange rates. */

import type { ChargeCategory } from './charge.ts';
import type { BillGap } from './completeness.ts';
import { type ForeignAmount, plainAmount, type UnconvertedCharges } from './currency.ts';
import { add, compare, type Exact, exact, toDecimal, ZERO } from './exact.ts';
import { usd, usdText } from './money.ts';
import { dayText, monthText } from './period.ts';
import type {
  InvoicedMonth,
  MatchState,
  ReconciledLine,
  ReconciledMonth,
} from './reconciliation.ts';

/** An amount in another currency than US dollars, as a plain decimal: `{ EUR, 100.5 }`. */
export interface AmountText {
  readonly currency: string;
  readonly amount: string;
}

/** The billed amount and the ledger's amount, to the nano-dollar (six to nine decimals). */
export interface BilledAndHeld {
  readonly billedUsd: string;
  /** The parts billed in other currencies; empty if all was in dollars. */
  readonly billedIn: readonly AmountText[];
  readonly heldUsd: string;
}

/**
 * Charges that should exist and do not. `from` is the first missing day (`2026-07-03`) or month.
 */
export type GapFact =
  | {
      readonly code: 'charges-missing';
      readonly source: string;
      /** Absent where all of the source is missing. */
      readonly category?: ChargeCategory;
      readonly unit: 'day' | 'month';
      readonly from: string;
      /** Number of days or months. */
      readonly count: number;
      /** True if no charge came after it. */
      readonly ongoing: boolean;
      /** The estimate from a usual day or month; absent if unknown. */
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

/** Bills that differ from the ledger, or cannot be compared with it. */
export type UnmatchedFact =
  | ({
      readonly code: 'bill-unreconciled';
      readonly source: string;
      /** `2026-07`. */
      readonly month: string;
      readonly against: ReconciledMonth['against'];
      /** For the whole month: `matched` if only its lines differ. */
      readonly match: MatchState;
      readonly invoices: readonly string[];
      readonly lines: number;
      readonly linesOff: number;
      readonly firstOff?: BilledAndHeld & {
        readonly resource?: string;
        readonly category?: ChargeCategory;
        readonly match: MatchState;
      };
    } & BilledAndHeld)
  | (AmountText & {
      readonly code: 'invoice-without-rate';
      readonly source: string;
      readonly month: string;
      readonly invoices: readonly string[];
      /** The month whose exchange rate is missing. */
      readonly rateMonth: string;
    })
  | (AmountText & {
      readonly code: 'charges-without-rate';
      readonly source: string;
      readonly month: string;
      readonly charges: number;
    });

export type BillIssue = GapFact | UnmatchedFact;

/** The days (`2026-07-03`) or months (`2026-08`) of a gap. */
export function gapTimes({ unit, atMs }: BillGap): string[] {
  return atMs.map(unit === 'month' ? monthText : dayText);
}

export function toGapFact(gap: BillGap): GapFact {
  const { sourceId: source, unit, resourceId = '', name, category, atMs, isOngoing } = gap;
  const count = atMs.length;
  const likely = gap.likelyNanoUsd === 0n ? {} : { likelyUsd: sixToNine(gap.likelyNanoUsd) };
  const first = atMs[0] ?? 0;
  if (unit === 'resource') {
    const named = name === undefined ? {} : { name };
    const resource = {
      code: 'resource-unbilled',
      source,
      resource: resourceId,
      ...named,
    } as const;
    return { ...resource, from: dayText(first), days: count, ...likely };
  }
  const scope = category === undefined ? {} : { category };
  const from = unit === 'month' ? monthText(first) : dayText(first);
  return {
    code: 'charges-missing',
    source,
    ...scope,
    unit,
    from,
    count,
    ongoing: isOngoing,
    ...likely,
  };
}

/** Months that do not reconcile. Each one blocks a verdict. */
export function toUnreconciledFacts(all: readonly ReconciledMonth[]): UnmatchedFact[] {
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
        ...toBilledAndHeld(month),
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
    ...toBilledAndHeld(line),
  };
}

/** Months with an invoice that needs an exchange rate. Whether they match is unknown. */
export function toMissingRateFacts(months: readonly InvoicedMonth[]): UnmatchedFact[] {
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
      const identity = { code: 'invoice-without-rate', source, month: monthText(monthMs) } as const;
      const invoiced = amountText({ currency, amount });
      return [{ ...identity, invoices, ...invoiced, rateMonth: monthText(first.rate.monthMs) }];
    });
  });
}

/**
 * Charges left out of every total because their dollar amount is unknown. Each one blocks a
 * verdict.
 */
export function toUnconvertedFacts(all: readonly UnconvertedCharges[]): UnmatchedFact[] {
  return all.map(({ sourceId: source, monthMs, charges, ...amount }) => {
    const identity = { code: 'charges-without-rate', source, month: monthText(monthMs) } as const;
    return { ...identity, charges, ...amountText(amount) };
  });
}

export function toBilledAndHeld({
  billedNanoUsd,
  heldNanoUsd,
  billedIn = [],
}: Omit<ReconciledLine, 'match'>): BilledAndHeld {
  return {
    billedUsd: sixToNine(billedNanoUsd),
    billedIn: billedIn.map(amountText),
    heldUsd: sixToNine(heldNanoUsd),
  };
}

function amountText({ currency, amount }: ForeignAmount): AmountText {
  return { currency, amount: plainAmount(amount) };
}

/**
 * Six to nine decimals, so that amounts a nano-dollar apart print differently: `1.000000`,
 * `1.000000001`.
 */
function sixToNine(nano: bigint): string {
  const nine = toDecimal(usd(nano), 9);
  return nine.endsWith('000') ? usdText(usd(nano)) : nine;
}

/** The range by which a source's invoices differed from the estimates. */
export interface EstimateError {
  readonly sourceId: string;
  readonly months: number;
  /** As a share of the estimate: -0.03 is an invoice 3% lower. */
  readonly low: Exact;
  readonly high: Exact;
}

/**
 * Estimate errors by source. Worked number: $100.00 estimated and $108.00 invoiced is 0.08; a month
 * of $60.00 billed, $40.00 estimated and $98.00 invoiced is -0.05.
 */
export function estimateErrors(all: readonly ReconciledMonth[]): EstimateError[] {
  const errors = new Map<string, EstimateError>();
  for (const { sourceId, against, match, ...month } of all) {
    // A month with nothing on one side is a missing bill, not a price error.
    const isComparable = against === 'invoice' && (match === 'matched' || match === 'different');
    if (!isComparable || month.estimatedNanoUsd <= 0n) continue;
    const error = exact(month.billedNanoUsd - month.heldNanoUsd, month.estimatedNanoUsd);
    const known = errors.get(sourceId);
    errors.set(sourceId, {
      sourceId,
      months: (known?.months ?? 0) + 1,
      low: known !== undefined && compare(known.low, error) < 0 ? known.low : error,
      high: known !== undefined && compare(known.high, error) > 0 ? known.high : error,
    });
  }
  return [...errors.values()].sort((a, b) => (a.sourceId < b.sourceId ? -1 : 1));
}
