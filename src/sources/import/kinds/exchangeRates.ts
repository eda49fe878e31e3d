/**
 * Reads files of exchange rates: our own columns with one month per line, and the ECB's history.
 */

import { currencyCode, type ExchangeRate } from '../../../domain/currency.ts';
import {
  add,
  compare,
  decimal,
  divide,
  type Exact,
  exact,
  ONE,
  ZERO,
} from '../../../domain/exact.ts';
import { DAY_MS, monthEndMs, monthStartMs, monthText, parseMonth } from '../../../domain/period.ts';
import type { Located } from '../../../domain/provenance.ts';
import { readCurrency } from '../amounts.ts';
import { readDayCell, readDecimal, requireNotInFuture, refuseCell } from '../cells.ts';
import type { FactKind, ReadContext, ReadRow } from '../factKind.ts';
import type { FileRow } from '../columns.ts';

export const exchangeRatesKind: FactKind<'exchangeRates'> = {
  name: 'exchangeRates',
  columns: {
    required: ['currency', 'month', 'usd_per_unit'],
    optional: [],
    keepsExtras: false,
  },
  read: readRate,
};

function readRate(row: FileRow, { sourceId, nowMs }: ReadContext): ReadRow<ExchangeRate> {
  const currency = readCurrency(row, 'currency');
  if (currency === 'USD') {
    const expected = 'a currency other than USD, whose rate is always 1';
    refuseCell(row, 'currency', { expected, todo: 'remove the line' });
  }
  const monthMs =
    parseMonth(row.cell('month')) ??
    refuseCell(row, 'month', {
      expected: 'a month like 2026-07',
      todo: 'write the year and the month',
    });
  requireNotInFuture(row, 'month', { atMs: monthMs, nowMs });
  const fact = { sourceId, currency, monthMs, usdPerUnit: rateCell(row, 'usd_per_unit') };
  const { num, den } = fact.usdPerUnit;
  return { fact, key: `${currency} ${monthMs}`, values: `${num}/${den}` };
}

/** No currency is worth more than 100 US dollars. A higher number is an inverted rate. */
const MAX_RATE = decimal('100');

function rateCell(row: FileRow, column: string): Exact {
  const rate = readDecimal(row, column);
  if (rate !== undefined && compare(rate, ZERO) > 0 && compare(rate, MAX_RATE) <= 0) return rate;
  const expected = 'US dollars per unit, above 0 and at most 100';
  return refuseCell(row, column, { expected, todo: 'invert it if it is units per US dollar' });
}

/** Whether a file begins like `eurofxref-hist.csv` of the European Central Bank. */
export function isEcbHistory(head: string): boolean {
  return /^\uFEFF?Date\s*,\s*USD\s*,/.test(head);
}

interface Sums {
  /**
   * Sums of US dollars per euro and of units per euro, over the days on which both were published.
   */
  dollars: Exact;
  units: Exact;
  days: number;
  line: number;
}

/**
 * The ECB's history, with the value of a euro on one day per line. A month's rate is the mean of
 * its days. For the euro, it is the mean of US dollars per euro. For another currency, it is the
 * mean US dollars per euro divided by the mean units per euro.
 */
export function ecbKind(frame: ReadContext): FactKind<'exchangeRates'> {
  const months = new Map<number, Map<string, Sums>>();
  let newestMs = 0;
  return {
    name: 'exchangeRates',
    columns: { required: ['Date', 'USD'], optional: [], keepsExtras: true },
    read(row) {
      const dayMs = readDayCell(row, 'Date');
      requireNotInFuture(row, 'Date', { atMs: dayMs, nowMs: frame.nowMs });
      const dollars = publishedRate(row, 'USD', row.cell('USD'));
      newestMs = Math.max(newestMs, dayMs);
      const monthMs = monthStartMs(dayMs);
      const month = months.get(monthMs) ?? new Map<string, Sums>();
      months.set(monthMs, month);
      if (dollars === undefined) return undefined;
      addDay(month, 'EUR', { dollars, units: ONE, line: row.line });
      for (const [name, cell] of Object.entries(row.extras() ?? {})) {
        const units = publishedRate(row, name, cell);
        const currency = currencyCode(name);
        if (units !== undefined && currency !== undefined) {
          addDay(month, currency, { dollars, units, line: row.line });
        }
      }
      return undefined;
    },
    rest: () => [...months].flatMap(([monthMs, month]) => toMonthlyRates(frame, monthMs, month)),
    notes() {
      const monthMs = monthStartMs(newestMs);
      if (newestMs + 4 * DAY_MS >= monthEndMs(monthMs)) return [];
      const days = months.get(monthMs)?.get('EUR')?.days ?? 0;
      return [{ code: 'month-not-over', month: monthText(monthMs), days }];
    },
  };
}

function publishedRate(row: FileRow, column: string, cell: string): Exact | undefined {
  if (cell === '' || cell === 'N/A') return undefined;
  const value = readDecimal({ ...row, cell: () => cell }, column);
  if (value !== undefined && compare(value, ZERO) > 0) return value;
  return refuseCell(row, column, { expected: 'units per euro', todo: 'download the file again' });
}

function addDay(
  month: Map<string, Sums>,
  currency: string,
  { dollars, units, line }: Pick<Sums, 'dollars' | 'units' | 'line'>,
): void {
  const sums = month.get(currency) ?? { dollars: ZERO, units: ZERO, days: 0, line };
  month.set(currency, sums);
  sums.dollars = add(sums.dollars, dollars);
  sums.units = add(sums.units, units);
  sums.days += 1;
}

/** Both means cover the same days, so their quotient is the quotient of the sums. */
function toMonthlyRates(
  { sourceId }: ReadContext,
  monthMs: number,
  month: ReadonlyMap<string, Sums>,
): Located<ExchangeRate>[] {
  return [...month].map(([currency, { dollars, units, line }]) => {
    const { num, den } = divide(dollars, units);
    return {
      position: line,
      fact: { sourceId, currency, monthMs, usdPerUnit: exact(num, den) },
    };
  });
}
