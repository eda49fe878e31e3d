/** Reads invoices by month as of a time, each beside the stored charges of its time. */

import type { Database } from 'better-sqlite3';
import { apportionMoney } from '../../domain/apportion.ts';
import { CHARGE_CATEGORIES, type ChargeCategory } from '../../domain/charge.ts';
import { convertToNanoUsd, rateMonthMs } from '../../domain/currency.ts';
import { decimal } from '../../domain/exact.ts';
import { belongsToPeriod, MAX_INVOICE_DISTANCE_MS, middleMonthMs } from '../../domain/invoice.ts';
import { DAY_MS, durationMs, mergePeriods, overlapMs, type Period } from '../../domain/period.ts';
import {
  type HeldAmount,
  type InvoicedAmount,
  type InvoicedMonth,
  NOT_RECONCILED,
  type WaitingAmount,
} from '../../domain/reconciliation.ts';
import { createRateReader, type RateReader } from '../writes/rates.ts';
import { prepareExactQuery } from '../statement.ts';
import { CHARGE_IN_FORCE } from './charges.ts';

const LINES = `
SELECT source_id AS sourceId, invoice_id AS invoiceId, start_ms AS startMs, end_ms AS endMs,
  amount_nano_usd AS amount, original_currency AS currency, original_amount AS original,
  resource_id AS resourceId, category
FROM invoice_line l
WHERE end_ms > :fromMs AND start_ms < :toMs AND withdrawn = 0 AND recorded_at_ms <= :asOfMs
  AND NOT EXISTS (
    SELECT 1 FROM invoice_line n
    WHERE n.source_id = l.source_id AND n.line_key = l.line_key AND n.recorded_at_ms <= :asOfMs
      AND (n.recorded_at_ms, n.version) > (l.recorded_at_ms, l.version))
ORDER BY source_id, start_ms, end_ms, line_key`;

interface LineRow {
  readonly sourceId: string;
  readonly invoiceId: string;
  readonly startMs: bigint;
  readonly endMs: bigint;
  /** Null if the line is in another currency. */
  readonly amount: bigint | null;
  readonly currency: string | null;
  readonly original: string | null;
  readonly resourceId: string | null;
  readonly category: ChargeCategory | null;
}

interface OpenMonth {
  readonly sourceId: string;
  readonly monthMs: number;
  readonly spans: Period[];
  readonly invoices: Set<string>;
  readonly invoiced: InvoicedAmount[];
  readonly waiting: WaitingAmount[];
}

/** Months whose invoices overlap the window, by source and month. */
export function readInvoicedMonths(
  db: Database,
  window: Period,
  asOfMs: number,
): readonly InvoicedMonth[] {
  const extended = {
    fromMs: window.startMs - MAX_INVOICE_DISTANCE_MS,
    toMs: window.endMs + MAX_INVOICE_DISTANCE_MS,
    asOfMs,
  };
  const rows = prepareExactQuery<LineRow>(db, LINES).all(extended);
  const months = groupByMonth(rows, createRateReader(db, asOfMs))
    .map((month) => ({ ...month, spans: mergePeriods(month.spans) }))
    .filter((month) => belongsToPeriod(month, window));
  if (months.length === 0) return [];
  const held = createHeldReader(db, asOfMs);
  return months.map(({ invoices, waiting, ...month }) => ({
    ...month,
    ...(waiting.length === 0 ? {} : { waiting }),
    invoices: [...invoices].sort(),
    held: held(month.sourceId, month.spans),
  }));
}

function groupByMonth(rows: readonly LineRow[], rates: RateReader): OpenMonth[] {
  const months = new Map<string, OpenMonth>();
  for (const row of rows) {
    const { sourceId, invoiceId, resourceId, category } = row;
    const span = { startMs: Number(row.startMs), endMs: Number(row.endMs) };
    const monthMs = middleMonthMs(span);
    const key = JSON.stringify([sourceId, monthMs]);
    const month = months.get(key) ?? {
      sourceId,
      monthMs,
      spans: [],
      invoiced: [],
      waiting: [],
      invoices: new Set<string>(),
    };
    months.set(key, month);
    if (category !== null && NOT_RECONCILED.includes(category)) continue;
    month.spans.push(span);
    month.invoices.add(invoiceId);
    const amount = toDollars(row, rates);
    if (amount.nanoUsd === undefined) month.waiting.push({ invoiceId, ...amount });
    else {
      month.invoiced.push({
        ...(resourceId === null ? {} : { resourceId }),
        ...(category === null ? {} : { category }),
        ...amount,
      });
    }
  }
  const complete = [...months.values()].filter(({ spans }) => spans.length > 0);
  return complete.sort((a, b) =>
    a.sourceId === b.sourceId ? a.monthMs - b.monthMs : a.sourceId < b.sourceId ? -1 : 1,
  );
}

type DollarAmount = Pick<InvoicedAmount, 'nanoUsd' | 'original'>;

/**
 * The amount in dollars at the rate of the month in which the line ends, if it was known by then.
 */
function toDollars(
  { amount, currency, original: text, endMs }: LineRow,
  rates: RateReader,
): DollarAmount | (Omit<WaitingAmount, 'invoiceId'> & { readonly nanoUsd?: never }) {
  if (currency === null || text === null) return { nanoUsd: amount ?? 0n };
  const original = { currency, amount: decimal(text) };
  const rate = { currency, monthMs: rateMonthMs(Number(endMs)) };
  const usdPerUnit = rates.find(rate);
  if (usdPerUnit === undefined) return { original, rate };
  return { original, nanoUsd: convertToNanoUsd(original.amount, usdPerUnit) };
}

const GROUP_COLUMNS = 'resource_id, resource_name, category, basis';

/** Dollars and the remainder separately, because a sum of nano-dollars could exceed 64 bits. */
const SUM = 'sum(billed_nano_usd / 1000000000), sum(billed_nano_usd % 1000000000)';

const RECONCILED = CHARGE_CATEGORIES.filter((category) => !NOT_RECONCILED.includes(category))
  .map((category) => `'${category}'`)
  .join(', ');

const WHERE = `source_id = :sourceId AND category IN (${RECONCILED}) AND withdrawn = 0
  AND ${CHARGE_IN_FORCE}`;

/** Charges of a day or less that overlap the span end at most a day after it. */
const INSIDE = `
SELECT ${GROUP_COLUMNS}, ${SUM} FROM charge INDEXED BY charge_by_end
WHERE end_ms > :startMs AND end_ms <= :endMs AND start_ms >= :startMs AND ${WHERE}
GROUP BY ${GROUP_COLUMNS}`;

const CROSSES_EDGE = 'start_ms < :endMs AND (start_ms < :startMs OR end_ms > :endMs)';

const SHORT_CROSSING = `
SELECT ${GROUP_COLUMNS}, billed_nano_usd, start_ms, end_ms FROM charge INDEXED BY charge_by_end
WHERE end_ms > :startMs AND end_ms <= :endMs + ${DAY_MS} AND ${CROSSES_EDGE} AND ${WHERE}`;

const LONG_CROSSING = `
SELECT ${GROUP_COLUMNS}, billed_nano_usd, start_ms, end_ms FROM charge INDEXED BY charge_long
WHERE end_ms - start_ms > ${DAY_MS} AND end_ms > :endMs + ${DAY_MS}
  AND ${CROSSES_EDGE} AND ${WHERE}`;

type Group = readonly [
  resourceId: string,
  resourceName: string | null,
  category: ChargeCategory,
  basis: string,
];
type SumRow = readonly [...Group, dollars: bigint, rest: bigint];
type ChargeRow = readonly [...Group, billed: bigint, startMs: bigint, endMs: bigint];

/** A charge that crosses the edge of a span counts with its share of the time inside. */
function createHeldReader(db: Database, asOfMs: number) {
  const inside = prepareExactQuery<SumRow>(db, INSIDE).raw();
  const crossing = [SHORT_CROSSING, LONG_CROSSING].map((sql) =>
    prepareExactQuery<ChargeRow>(db, sql).raw(),
  );
  return (sourceId: string, spans: readonly Period[]): HeldAmount[] => {
    const sums = new Map<string, { group: Group; nanoUsd: bigint; estimatedNanoUsd: bigint }>();
    const add = (group: Group, nanoUsd: bigint) => {
      const [resourceId, resourceName, category, basis] = group;
      const key = JSON.stringify([resourceId, resourceName, category]);
      const sum = sums.get(key) ?? { group, nanoUsd: 0n, estimatedNanoUsd: 0n };
      sums.set(key, sum);
      sum.nanoUsd += nanoUsd;
      if (basis !== 'billed') sum.estimatedNanoUsd += nanoUsd;
    };
    for (const span of spans) {
      const parameters = { ...span, sourceId, asOfMs };
      for (const row of inside.all(parameters)) {
        const [id, name, category, basis, dollars, rest] = row;
        add([id, name, category, basis], dollars * 1_000_000_000n + rest);
      }
      for (const row of crossing.flatMap((each) => each.all(parameters))) {
        const [id, name, category, basis, billed, startMs, endMs] = row;
        const period = { startMs: Number(startMs), endMs: Number(endMs) };
        add([id, name, category, basis], shareInside(billed, period, span));
      }
    }
    return [...sums.values()].map(
      ({ group: [resourceId, resourceName, category], ...amounts }) => ({
        resourceId,
        ...(resourceName === null ? {} : { resourceName }),
        category,
        ...amounts,
      }),
    );
  };
}

function shareInside(billed: bigint, period: Period, span: Period): bigint {
  const insideMs = BigInt(overlapMs(period, span));
  const outsideMs = BigInt(durationMs(period)) - insideMs;
  return apportionMoney(billed, [insideMs, outsideMs])[0] ?? 0n;
}
