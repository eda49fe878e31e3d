/** Files of exchange rates: our own columns, a month a line; and the history of the ECB. */

import { counted } from '../../../domain/counted.ts';
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
import { monthEndMs, monthStartMs, monthText, parseMonth } from '../../../domain/months.ts';
import { DAY_MS } from '../../../domain/period.ts';
import type { Located } from '../../../domain/provenance.ts';
import { currencyOf } from '../amounts.ts';
import { day, decimalCell, notAhead, refuse } from '../cells.ts';
import type { FactKind, Frame, ReadRow } from '../factKind.ts';
import type { Row } from '../row.ts';

export const exchangeRatesKind: FactKind<'exchangeRates'> = {
  name: 'exchangeRates',
  columns: {
    required: ['currency', 'month', 'usd_per_unit'],
    optional: [],
    keepsExtras: false,
  },
  read: readRate,
};

function readRate(row: Row, { sourceId, nowMs }: Frame): ReadRow<ExchangeRate> {
  const currency = currencyOf(row, 'currency');
  if (currency === 'USD') {
    const expected = 'a currency other than USD, whose rate is always 1';
    refuse(row, 'currency', { expected, todo: 'remove the line' });
  }
  const monthMs =
    parseMonth(row.cell('month')) ??
    refuse(row, 'month', {
      expected: 'a month like 2026-07',
      todo: 'write the year and the month',
    });
  notAhead(row, 'month', { atMs: monthMs, nowMs });
  const fact = { sourceId, currency, monthMs, usdPerUnit: rateCell(row, 'usd_per_unit') };
  const { num, den } = fact.usdPerUnit;
  return { fact, key: `${currency} ${monthMs}`, says: `${num}/${den}` };
}

/** No currency is worth more; what is above counts the other way round. */
const DEAREST = decimal('100');

function rateCell(row: Row, column: string): Exact {
  const rate = decimalCell(row, column);
  if (rate !== undefined && compare(rate, ZERO) > 0 && compare(rate, DEAREST) <= 0) return rate;
  const expected = 'US dollars per unit, above 0 and at most 100';
  return refuse(row, column, { expected, todo: 'invert it if it is units per US dollar' });
}

/** Does a file begin as `eurofxref-hist.csv` of the European Central Bank does? */
export function isEcbHistory(head: string): boolean {
  return /^\uFEFF?Date\s*,\s*USD\s*,/.test(head);
}

interface Sums {
  /** Dollars for a euro, and units for a euro, over the days on which both were published. */
  dollars: Exact;
  units: Exact;
  days: number;
  line: number;
}

/**
 * Each line holds what a euro was worth on a day. A month's rate is the mean of its days: for the
 * euro that of its dollars; for another currency the mean dollars for a euro over the mean units
 * for a euro.
 */
export function ecbKind(frame: Frame): FactKind<'exchangeRates'> {
  const months = new Map<number, Map<string, Sums>>();
  let newestMs = 0;
  return {
    name: 'exchangeRates',
    columns: { required: ['Date', 'USD'], optional: [], keepsExtras: true },
    read(row) {
      const dayMs = day(row, 'Date');
      notAhead(row, 'Date', { atMs: dayMs, nowMs: frame.nowMs });
      const dollars = published(row, 'USD', row.cell('USD'));
      newestMs = Math.max(newestMs, dayMs);
      const monthMs = monthStartMs(dayMs);
      const month = months.get(monthMs) ?? new Map<string, Sums>();
      months.set(monthMs, month);
      if (dollars === undefined) return undefined;
      note(month, 'EUR', { dollars, units: ONE, line: row.line });
      for (const [name, cell] of Object.entries(row.extras() ?? {})) {
        const units = published(row, name, cell);
        const currency = currencyCode(name);
        if (units !== undefined && currency !== undefined) {
          note(month, currency, { dollars, units, line: row.line });
        }
      }
      return undefined;
    },
    rest: () => [...months].flatMap(([monthMs, month]) => ratesOf(frame, monthMs, month)),
    notes() {
      const monthMs = monthStartMs(newestMs);
      if (newestMs + 4 * DAY_MS >= monthEndMs(monthMs)) return [];
      const days = months.get(monthMs)?.get('EUR')?.days ?? 0;
      return [
        `${monthText(monthMs)} ends after this file, so its rates are the mean of ` +
          `${counted(days, 'day')} so far; a later file restates them`,
      ];
    },
  };
}

function published(row: Row, column: string, cell: string): Exact | undefined {
  if (cell === '' || cell === 'N/A') return undefined;
  const value = decimalCell({ ...row, cell: () => cell }, column);
  if (value !== undefined && compare(value, ZERO) > 0) return value;
  return refuse(row, column, { expected: 'units per euro', todo: 'download the file again' });
}

function note(
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

/** Over the same days, the mean over the mean is the sum over the sum. */
function ratesOf(
  { sourceId }: Frame,
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
