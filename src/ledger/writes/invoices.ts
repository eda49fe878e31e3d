/** Writes invoice lines, and finds known lines that a later file no longer has. */

import type { Database } from 'better-sqlite3';
import { plainAmount, type RateKey, rateMonthMs } from '../../domain/currency.ts';
import { instantText, monthText } from '../../domain/period.ts';
import type { InvoiceLine } from '../../domain/invoice.ts';
import type { Located } from '../../domain/provenance.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import { quoteShort } from '../../platform/text.ts';
import { prepareQuery } from '../statement.ts';
import type { Store } from '../store.ts';
import type { RepeatLog } from './repeatLog.ts';
import { INVOICES, toKeyJson } from './factShape.ts';
import { extendPeriod, extendReach, type FetchOrigin, isManual, type Tally } from './tally.ts';
import { originText, reportFact } from './factReport.ts';
import { createRateReader } from './rates.ts';
import { createVersionedWriter } from './versioned.ts';

/** A line in another currency is stored as is. Missing exchange rates give warnings. */
export function createInvoiceWriter({ db }: Store, repeats: RepeatLog) {
  const { shape, put } = createVersionedWriter(db, repeats, INVOICES);
  const { nameOf } = repeats;
  const rates = createRateReader(db);
  return (located: readonly Located<InvoiceLine>[], origin: FetchOrigin, tally: Tally): void => {
    const missingRates = new Map<string, { rate: RateKey; lines: number }>();
    for (const { position, fact } of located) {
      const { period, amount, ...rest } = fact;
      const place = { ...origin, position };
      const what = `the line of invoice ${fact.invoiceId}`;
      const result = put({ ...rest, ...period, ...toAmounts(amount) }, place);
      reportFact(tally, result, { shape, place, what, fact, nameOf });
      extendReach(tally, result.put, period.endMs);
      extendPeriod(tally, period);
      if (typeof amount === 'bigint') continue;
      const rate = { currency: amount.currency, monthMs: rateMonthMs(period.endMs) };
      const name = `${rate.currency} ${monthText(rate.monthMs)}`;
      const { lines = 0 } = missingRates.get(name) ?? {};
      if (rates.find(rate) === undefined) missingRates.set(name, { rate, lines: lines + 1 });
    }
    for (const { rate, lines } of missingRates.values()) {
      const { currency, monthMs } = rate;
      const month = monthText(monthMs);
      tally.warnings.push({ code: 'invoice-lines-without-rate', currency, month, lines });
    }
  };
}

function toAmounts(amount: InvoiceLine['amount']) {
  if (typeof amount === 'bigint') return { amountNanoUsd: amount };
  const original = plainAmount(amount.amount);
  return { amountNanoUsd: null, originalCurrency: amount.currency, originalAmount: original };
}

const LINES_IN_FORCE = `
SELECT line_key AS lineKey, invoice_id AS invoiceId, start_ms AS startMs, end_ms AS endMs,
  resource_id AS resourceId, category, fetch_ref AS fetchRef, position
FROM invoice_line l
WHERE source_id = ? AND withdrawn = 0 AND NOT EXISTS (
  SELECT 1 FROM invoice_line n
  WHERE n.source_id = l.source_id AND n.line_key = l.line_key
    AND (n.recorded_at_ms, n.version) > (l.recorded_at_ms, l.version))
ORDER BY invoice_id, fetch_ref, position`;

interface KnownLine {
  readonly lineKey: string;
  readonly invoiceId: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly resourceId: string | null;
  readonly category: string | null;
  readonly fetchRef: number;
  readonly position: number;
}

/**
 * Warnings if a file has some known lines of an invoice, but not all. The file may be the
 * corrected invoice or one part of it. Call it before `confirmed` is closed for the fetch.
 */
export function findMissingLines(
  db: Database,
  repeats: RepeatLog,
  fetchRef: number,
): PullWarning[] {
  const { sourceId, kind } = repeats.nameOf(fetchRef);
  if (kind !== 'import.invoice') return [];
  const knownLines = prepareQuery<KnownLine>(db, LINES_IN_FORCE).all(sourceId);
  const isInFile = (line: KnownLine) =>
    line.fetchRef === fetchRef ||
    repeats.has(fetchRef, 'invoice_line', toKeyJson([sourceId, line.lineKey]));
  const invoices = Map.groupBy(knownLines, ({ invoiceId }) => invoiceId);
  return [...invoices].flatMap(([invoiceId, lines]) => {
    const left = lines.filter((line) => !isInFile(line));
    const [first] = left;
    if (first === undefined || left.length === lines.length) return [];
    const refs = [...new Set(left.map((line) => line.fetchRef))];
    const undo = refs.filter((ref) => isManual(repeats.nameOf(ref)));
    const place = originText(repeats.nameOf(first.fetchRef), first.position);
    return [
      {
        code: 'invoice-lines-missing',
        invoice: quoteShort(invoiceId),
        lines: left.length,
        first: lineText(first),
        place,
        undo,
      } as const,
    ];
  });
}

/** `pod-1 storage, 2026-07-01 to 2026-08-01`. */
function lineText({ resourceId, category, startMs, endMs }: KnownLine): string {
  const of = [resourceId === null ? null : quoteShort(resourceId), category]
    .filter(Boolean)
    .join(' ');
  const time = [startMs, endMs].map((atMs) => instantText(atMs).replace('T00:00:00Z', ''));
  return [of, time.join(' to ')].filter(Boolean).join(', ');
}
