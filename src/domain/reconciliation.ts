/** A provider's own total or an invoice beside what the ledger holds, and how the two compare. */

import type { ChargeCategory } from './charge.ts';
import type { ForeignAmount, RateOf } from './currency.ts';
import { add, compare, type Exact, exactInteger, larger, multiply } from './exact.ts';
import { middleMonthMs } from './invoicedTime.ts';
import { sumNano, usd } from './money.ts';
import type { Period } from './period.ts';
import type { ComparedTotal } from './statedTotal.ts';

/** Left out on both sides: a tax is no price, a credit pays, and hours of people are no bill. */
export const NOT_RECONCILED: readonly ChargeCategory[] = ['tax', 'credit', 'labor'];

/** What an invoice asks for, of one resource and category as far as its lines tell them. */
export interface InvoicedAmount {
  readonly resourceId?: string;
  readonly category?: ChargeCategory;
  readonly nanoUsd: bigint;
  /** Set where it was asked for in another currency: the dollars are these at a dated rate. */
  readonly original?: ForeignAmount;
}

/** What an invoice asks for in a currency of which the rate is not known. */
export interface WaitingAmount {
  readonly invoiceId: string;
  readonly original: ForeignAmount;
  readonly rate: RateOf;
}

/** What the ledger holds of one resource and category for the same time. */
export interface HeldAmount {
  readonly resourceId: string;
  readonly resourceName?: string;
  readonly category: ChargeCategory;
  readonly nanoUsd: bigint;
  /** The part that the provider did not bill: rebuilt from quantities or hours. */
  readonly estimatedNanoUsd: bigint;
}

/** Both sides of what was invoiced for about one month. */
export interface InvoicedMonth {
  readonly sourceId: string;
  /** The month (UTC) in which the middle of the invoiced time lies. */
  readonly monthMs: number;
  /** The invoiced time, which the other side is held for: apart, the earliest first. */
  readonly spans: readonly Period[];
  readonly invoices: readonly string[];
  readonly invoiced: readonly InvoicedAmount[];
  /** A month in which something waits is not compared; absent where nothing does. */
  readonly waiting?: readonly WaitingAmount[];
  readonly held: readonly HeldAmount[];
}

/** `bill only`: the ledger holds no charge of it; `ours only`: the other side does not ask it. */
export type Match = 'matched' | 'bill only' | 'ours only' | 'different';

/** The other side may be off by the larger of both, and by a share of what was estimated. */
export interface Tolerance {
  readonly toleranceUsd: Exact;
  readonly toleranceShare: Exact;
  readonly estimatedShare: Exact;
}

export interface ReconciledLine {
  /** Absent where the other side tells no resources. */
  readonly resourceId?: string;
  readonly category?: ChargeCategory;
  readonly match: Match;
  readonly billedNanoUsd: bigint;
  readonly heldNanoUsd: bigint;
  readonly estimatedNanoUsd: bigint;
  /** What of `billedNanoUsd` was asked for in other currencies, one sum for each of them. */
  readonly billedIn?: readonly ForeignAmount[];
}

/** One month of a source; its lines sum to it on both sides. */
export interface Reconciled extends Omit<ReconciledLine, 'resourceId' | 'category'> {
  readonly sourceId: string;
  readonly monthMs: number;
  readonly window: Period;
  readonly against: 'invoice' | 'own total';
  /** Numbers of the invoices; none of a total. */
  readonly invoices: readonly string[];
  readonly lines: readonly ReconciledLine[];
}

/**
 * Invoices by month first, then totals: those that do not match one by one, and of the others as
 * many as do not overlap, put together by month. Each side of a month is one sum of money.
 */
export function reconciled(
  { months, totals }: { months: readonly InvoicedMonth[]; totals: readonly ComparedTotal[] },
  tolerance: Tolerance,
): Reconciled[] {
  const told = totals.map((total) => reconciledTotal(total, tolerance));
  return [
    ...months
      .filter(({ waiting }) => waiting === undefined)
      .map((month) => reconciledMonth(month, tolerance)),
    ...told.filter(({ match }) => match !== 'matched'),
    ...matchedByMonth(totals.filter((_, index) => told[index]?.match === 'matched')),
  ];
}

function reconciledMonth(month: InvoicedMonth, tolerance: Tolerance): Reconciled {
  const { sourceId, monthMs, spans, invoices } = month;
  const lines = linesOf(month).map((line) => matchedLine(line, tolerance));
  const whole = { ...sumOf(lines), ...billedIn(month.invoiced) };
  return {
    sourceId,
    monthMs,
    window: { startMs: spans[0]?.startMs ?? 0, endMs: spans.at(-1)?.endMs ?? 0 },
    against: 'invoice',
    invoices,
    ...matchedLine({ ...whole, isInvoiced: true, isHeld: month.held.length > 0 }, tolerance),
    lines,
  };
}

interface Sides {
  billedNanoUsd: bigint;
  heldNanoUsd: bigint;
  estimatedNanoUsd: bigint;
  billedIn?: readonly ForeignAmount[];
}

interface OpenLine extends Sides {
  readonly resourceId?: string;
  readonly category?: ChargeCategory;
  isInvoiced: boolean;
  isHeld: boolean;
}

/** A dimension is compared where every line of the invoices tells it. */
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
    if (original !== undefined) line.billedIn = summed([...(line.billedIn ?? []), original]);
  }
  for (const each of held) {
    // An invoice may call a thing by its name.
    const isNamed = !named.has(each.resourceId) && named.has(each.resourceName);
    const line = lineOf(isNamed ? each.resourceName : each.resourceId, each.category);
    line.heldNanoUsd += each.nanoUsd;
    line.estimatedNanoUsd += each.estimatedNanoUsd;
    line.isHeld = true;
  }
  return [...lines.values()];
}

function billedIn(invoiced: readonly InvoicedAmount[]): Pick<Sides, 'billedIn'> {
  const all = summed(invoiced.flatMap(({ original }) => original ?? []));
  return all.length === 0 ? {} : { billedIn: all };
}

/** By currency, in the order of their codes. */
function summed(amounts: readonly ForeignAmount[]): ForeignAmount[] {
  const sums = new Map<string, Exact>();
  for (const { currency, amount } of amounts) {
    sums.set(currency, add(sums.get(currency) ?? exactInteger(0), amount));
  }
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, amount]) => ({ currency, amount }));
}

const NOTHING: Readonly<Sides> = { billedNanoUsd: 0n, heldNanoUsd: 0n, estimatedNanoUsd: 0n };

function matchedLine(line: OpenLine, tolerance: Tolerance): ReconciledLine {
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
 * Worked numbers, with $0.01, 0.1% and 5%: $100.00 invoiced may differ by $0.10, $1.00 by one
 * cent; $100.00 of which $40.00 were estimated by $0.10 + $2.00.
 */
function isWithin({ billedNanoUsd, heldNanoUsd, estimatedNanoUsd }: Sides, of: Tolerance): boolean {
  const share = multiply(usd(size(billedNanoUsd)), of.toleranceShare);
  const estimated = multiply(usd(size(estimatedNanoUsd)), of.estimatedShare);
  const allowed = add(larger(of.toleranceUsd, share), estimated);
  return compare(usd(size(billedNanoUsd - heldNanoUsd)), allowed) <= 0;
}

function size(nano: bigint): bigint {
  return nano < 0n ? -nano : nano;
}

function sumOf(lines: readonly Sides[]): Sides {
  return {
    billedNanoUsd: sumNano(lines.map(({ billedNanoUsd }) => billedNanoUsd)),
    heldNanoUsd: sumNano(lines.map(({ heldNanoUsd }) => heldNanoUsd)),
    estimatedNanoUsd: sumNano(lines.map(({ estimatedNanoUsd }) => estimatedNanoUsd)),
  };
}

function reconciledTotal(total: ComparedTotal, tolerance: Tolerance): Reconciled {
  const { sourceId, window, statedNanoUsd, ledgerNanoUsd } = total;
  const sides = {
    billedNanoUsd: statedNanoUsd,
    heldNanoUsd: ledgerNanoUsd,
    // A provider that states a total has billed what it is of.
    estimatedNanoUsd: 0n,
  };
  const told = { isInvoiced: statedNanoUsd !== 0n, isHeld: ledgerNanoUsd !== 0n };
  const line = matchedLine({ ...sides, ...told }, tolerance);
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

/** Pulls overlap, so of a kind the totals that lie apart are taken, from the newest on. */
function matchedByMonth(totals: readonly ComparedTotal[]): Reconciled[] {
  const taken = new Map<string, Period[]>();
  const months = new Map<string, Reconciled>();
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
