/** The amounts of a line of a bill: in US dollars, or as they were billed in another currency. */

import type { Charge } from '../../domain/charge.ts';
import { currencyCode, type ForeignCharge } from '../../domain/currency.ts';
import { compare, decimal, type Exact, negate } from '../../domain/exact.ts';
import { decimalCell, money, refuse } from './cells.ts';
import type { Row } from './row.ts';

/** What the columns of a file are called. */
export interface AmountColumns {
  readonly currency: string;
  readonly billed: string;
  readonly list: string;
  readonly effective: string;
}

export type Amounts =
  | Pick<Charge, 'billed' | 'list' | 'effective'>
  | Pick<ForeignCharge, 'original'>;

/** What a charge says but for its amounts, with them. */
export function withAmounts(
  fact: Omit<Charge, 'billed' | 'list' | 'effective' | 'original'>,
  amounts: Amounts,
): Charge | ForeignCharge {
  return 'original' in amounts ? { ...fact, ...amounts } : { ...fact, ...amounts };
}

/** The currency of a line, by its ISO 4217 code. */
export function currencyOf(row: Row, column: string): string {
  const code = currencyCode(row.cell(column));
  const expected = 'an ISO 4217 currency code, like USD or EUR';
  return code ?? refuse(row, column, { expected, todo: 'use the currency code of the bill' });
}

export function amountsOf(row: Row, columns: AmountColumns): Amounts {
  const currency = currencyOf(row, columns.currency);
  const told = (column: string) => row.cell(column) !== '';
  if (currency === 'USD') {
    return {
      billed: money(row, columns.billed),
      ...(told(columns.list) ? { list: money(row, columns.list) } : {}),
      ...(told(columns.effective) ? { effective: money(row, columns.effective) } : {}),
    };
  }
  const amount = (column: string) => originalAmount(row, column, currency);
  return {
    original: {
      currency,
      amount: amount(columns.billed),
      ...(told(columns.list) ? { list: amount(columns.list) } : {}),
      ...(told(columns.effective) ? { effective: amount(columns.effective) } : {}),
    },
  };
}

/** A line of so much is a slip of units, in the smallest of currencies too. */
const TOO_MUCH = decimal('1000000000000');

/** An amount in a currency that is not the US dollar. */
export function originalAmount(row: Row, column: string, currency: string): Exact {
  const value = decimalCell(row, column);
  if (value === undefined) {
    return refuse(row, column, { expected: `${currency} like 1234.56`, todo: 'fill it in' });
  }
  const size = value.num < 0n ? negate(value) : value;
  if (compare(size, TOO_MUCH) < 0) return value;
  const todo = 'check the unit and the decimal point';
  return refuse(row, column, { expected: `less than a trillion ${currency}`, todo });
}
