/** Reconciles the ledger with invoices and with a provider's own totals. */

import type { ChargeCategory } from './charge.ts';
import type { ForeignAmount, RateKey } from './currency.ts';
import { add, compare, type Exact, exactInteger, larger, multiply } from './exact.ts';
import { type ComparedTotal, middleMonthMs } from './invoice.ts';
import { sumNano, usd } from './money.ts';
import type { Period } from './period.ts';

/**
 * Left out on both sides: tax is not a price, credits are payments, and engineering time is not on
 * a bill.
 */
export const NOT_RECONCILED: readonly ChargeCategory[] = ['tax', 'credit', 'labor'];

/** Invoiced amount, by resource and category as far as its lines state them. */
export interface InvoicedAmount {
  readonly resourceId?: string;
  readonly category?: ChargeCategory;
  readonly nanoUsd: bigint;
  /** Set if invoiced in another currency. The dollars are then this amount at a dated rate. */
  readonly original?: ForeignAmount;
}

/** An invoiced amount in a currency without a known rate. */
export interface WaitingAmount {
  readonly invoiceId: string;
  readonly original: ForeignAmount;
  readonly rate: RateKey;
}

/** The ledger's amount for one resource and category in the same period. */
export interface HeldAmount {
  readonly resourceId: string;
  readonly resourceName?: string;
  readonly category: ChargeCategory;
  readonly nanoUsd: bigint;
  /** The part that the provider did not bill: rebuilt from quantities or hours. */
  readonly estimatedNanoUsd: bigint;
}

/** Both sides of an invoiced month. */
export interface InvoicedMonth {
  readonly sourceId: string;
  /** The month (UTC) that contains the middle of the invoiced period. */
  readonly monthMs: number;
  /** The invoiced periods, which the ledger side covers too: disjoint, earliest first. */
  readonly spans: readonly Period[];
  readonly invoices: readonly string[];
  readonly invoiced: readonly InvoicedAmount[];
  /** Amounts that wait for a rate; such a month is not compared. Absent if there are none. */
  readonly waiting?: readonly WaitingAmount[];
  readonly held: readonly HeldAmount[];
}

/** `bill only`: the ledger has no such charge. `ours only`: the bill does not include it. */
export type MatchState = 'matched' | 'bill only' | 'ours only' | 'different';

/** Allowed difference: the larger of both tolerances, plus a share of the estimated part. */
export interface Tolerance {
  readonly toleranceUsd: Exact;
  readonly toleranceShare: Exact;
  readonly estimatedShare: Exact;
}

export interface ReconciledLine {
  /** Absent if the bill does not name resources. */
  readonly resourceId?: string;
  readonly category?: ChargeCategory;
  readonly match: MatchState;
  readonly billedNanoUsd: bigint;
  readonly heldNanoUsd: bigint;
  readonly estimatedNanoUsd: bigint;
  /** The parts of `billedNanoUsd` in other currencies, one sum for each. */
  readonly billedIn?: readonly ForeignAmount[];
}

/** One month of a source. Its lines sum to it on both sides. */
export interface ReconciledMonth extends Omit<ReconciledLine, 'resourceId' | 'category'> {
  readonly sourceId: string;
  readonly monthMs: number;
  readonly window: Period;
  readonly against: 'invoice' | 'own total';
  /** Invoice numbers; empty for a total. */
  readonly invoices: readonly string[];
  readonly lines: readonly ReconciledLine[];
}

/**
 * Reconciled months: first invoices by month, then totals. Totals that do not match are listed one
 * by one. Of the others, as many as do not overlap are combined by month. Each side of a month is
 * one sum of money.
 */
export function reconcile(
  { months, totals }: { months: readonly InvoicedMonth[]; totals: readonly ComparedTotal[] },
  tolerance: Tolerance,
): ReconciledMonth[] {
  const compared = totals.map((total) => reconciledTotal(total, tolerance));
  return [
    ...months
      .filter(({ waiting }) => waiting === undefined)
      .map((month) => reconciledMonth(month, tolerance)),
    ...compared.filter(({ match }) => match !== 'matched'),
    ...matchedByMonth(totals.filter((_, index) => compared[index]?.match === 'matched')),
  ];
}

function reconciledMonth(month: InvoicedMonth, tolerance: Tolerance): ReconciledMonth {
  const { sourceId, monthMs, spans, invoices } = month;
  const lines = linesOf(month).map((line) => compareLine(line, tolerance));
  const whole = { ...sumOf(lines), ...billedIn(month.invoiced) };
  return {
    sourceId,
    monthMs,
    window: { startMs: spans[0]?.startMs ?? 0, endMs: spans.at(-1)?.endMs ?? 0 },
    against: 'invoice',
    invoices,
    ...compareLine({ ...whole, isInvoiced: true, isHeld: month.held.length > 0 }, tolerance),
    lines,
  };
}

interface OpenSides {
  billedNanoUsd: bigint;
  heldNanoUsd: bigint;
  estimatedNanoUsd: bigint;
  billedIn?: readonly ForeignAmount[];
}

interface OpenLine extends OpenSides {
  readonly resourceId?: string;
  readonly category?: ChargeCategory;
  isInvoiced: boolean;
  isHeld: boolean;
}

/** A dimension is compared only if every invoice line states it. */
function linesOf({ invoiced, held }: InvoicedMonth): OpenLine[] {
  const byResource = invoiced.every(({ resourceId }) => resourceId !== undefined);
  const byCategory = invoiced.every(({ category }) => category !== undefined);
  const named = new Set(invoiced.map(({ resourceId }) => resourceId));
  const lines = new Map<string, OpenLine>();
  const lineOf = (resourceId: string | undefined, category: ChargeCategory | undefined) => {
    const of = {
      ...(byResource && resourceId !== undefined ? { resourceId } : {}),
      ...(byCategory && category !== undefined ? { category } : {}),
    };
    const key = JSON.stringify([of.resourceId, of.category]);
    const line = lines.get(key) ?? { ...of, ...NOTHING, isInvoiced: false, isHeld: false };
    lines.set(key, line);
    return line;
  };
  for (const { resourceId, category, nanoUsd, original } of invoiced) {
    const line = lineOf(resourceId, category);
    line.billedNanoUsd += nanoUsd;
    line.isInvoiced = true;
    if (original !== undefined) line.billedIn = sumByCurrency([...(line.billedIn ?? []), original]);
  }
  for (const each of held) {
    // An invoice may identify a resource by its name.
    const isNamed = !named.has(each.resourceId) && named.has(each.resourceName);
    const line = lineOf(isNamed ? each.resourceName : each.resourceId, each.category);
    line.heldNanoUsd += each.nanoUsd;
    line.estimatedNanoUsd += each.estimatedNanoUsd;
    line.isHeld = true;
  }
  return [...lines.values()];
}

function billedIn(invoiced: readonly InvoicedAmount[]): Pick<OpenSides, 'billedIn'> {
  const all = sumByCurrency(invoiced.flatMap(({ original }) => original ?? []));
  return all.length === 0 ? {} : { billedIn: all };
}

/** Sums by currency code, sorted. */
function sumByCurrency(amounts: readonly ForeignAmount[]): ForeignAmount[] {
  const sums = new Map<string, Exact>();
  for (const { currency, amount } of amounts) {
    sums.set(currency, add(sums.get(currency) ?? exactInteger(0), amount));
  }
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, amount]) => ({ currency, amount }));
}

const NOTHING: Readonly<OpenSides> = { billedNanoUsd: 0n, heldNanoUsd: 0n, estimatedNanoUsd: 0n };

function compareLine(line: OpenLine, tolerance: Tolerance): ReconciledLine {
  const { isInvoiced, isHeld, ...sides } = line;
  const match = isWithin(sides, tolerance)
    ? 'matched'
    : isInvoiced && isHeld
      ? 'different'
      : isHeld
        ? 'ours only'
        : 'bill only';
  return { ...sides, match };
}

/**
 * Worked numbers, with $0.01, 0.1% and 5%: $100.00 invoiced may differ by $0.10, $1.00 by one cent,
 * and $100.00 with $40.00 estimated by $0.10 + $2.00.
 */
function isWithin(
  { billedNanoUsd, heldNanoUsd, estimatedNanoUsd }: OpenSides,
  of: Tolerance,
): boolean {
  const share = multiply(usd(absolute(billedNanoUsd)), of.toleranceShare);
  const estimated = multiply(usd(absolute(estimatedNanoUsd)), of.estimatedShare);
  const allowed = add(larger(of.toleranceUsd, share), estimated);
  return compare(usd(absolute(billedNanoUsd - heldNanoUsd)), allowed) <= 0;
}

function absolute(nano: bigint): bigint {
  return nano < 0n ? -nano : nano;
}

function sumOf(lines: readonly OpenSides[]): OpenSides {
  return {
    billedNanoUsd: sumNano(lines.map(({ billedNanoUsd }) => billedNanoUsd)),
    heldNanoUsd: sumNano(lines.map(({ heldNanoUsd }) => heldNanoUsd)),
    estimatedNanoUsd: sumNano(lines.map(({ estimatedNanoUsd }) => estimatedNanoUsd)),
  };
}

function reconciledTotal(total: ComparedTotal, tolerance: Tolerance): ReconciledMonth {
  const { sourceId, window, statedNanoUsd, ledgerNanoUsd } = total;
  const sides = {
    billedNanoUsd: statedNanoUsd,
    heldNanoUsd: ledgerNanoUsd,
    // A provider that states a total has billed it.
    estimatedNanoUsd: 0n,
  };
  const presence = { isInvoiced: statedNanoUsd !== 0n, isHeld: ledgerNanoUsd !== 0n };
  const line = compareLine({ ...sides, ...presence }, tolerance);
  const monthMs = middleMonthMs(window);
  return {
    sourceId,
    monthMs,
    window,
    against: 'own total',
    invoices: [],
    ...line,
    lines: [line],
  };
}

/** Pulls overlap, so per kind only totals that do not overlap are used, newest first. */
function matchedByMonth(totals: readonly ComparedTotal[]): ReconciledMonth[] {
  const taken = new Map<string, Period[]>();
  const months = new Map<string, ReconciledMonth>();
  for (const total of totals.toSorted((a, b) => b.window.endMs - a.window.endMs)) {
    const { sourceId, kind, window, statedNanoUsd, ledgerNanoUsd } = total;
    const of = JSON.stringify([sourceId, kind]);
    const before = taken.get(of) ?? [];
    if (before.some((one) => one.startMs < window.endMs && window.startMs < one.endMs)) continue;
    taken.set(of, [...before, window]);
    const monthMs = middleMonthMs(window);
    const key = JSON.stringify([sourceId, monthMs]);
    const month = months.get(key);
    const line = {
      match: 'matched' as const,
      billedNanoUsd: statedNanoUsd + (month?.billedNanoUsd ?? 0n),
      heldNanoUsd: ledgerNanoUsd + (month?.heldNanoUsd ?? 0n),
      estimatedNanoUsd: 0n,
    };
    const span = {
      startMs: Math.min(window.startMs, month?.window.startMs ?? window.startMs),
      endMs: Math.max(window.endMs, month?.window.endMs ?? window.endMs),
    };
    months.set(key, {
      sourceId,
      monthMs,
      window: span,
      against: 'own total',
      invoices: [],
      ...line,
      lines: [line],
    });
  }
  return [...months.values()].sort(
    (a, b) => a.monthMs - b.monthMs || (a.sourceId < b.sourceId ? -1 : 1),
  );
}
