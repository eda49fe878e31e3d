/** Reads the amounts of a bill line, in US dollars or in the currency in which they were billed. */

import type { Charge } from '../../domain/charge.ts';
import { currencyCode, type ForeignCharge } from '../../domain/currency.ts';
import { compare, decimal, type Exact, negate } from '../../domain/exact.ts';
import { readDecimal, readUsd, refuseCell } from './cells.ts';
import type { FileRow } from './columns.ts';

/** The names of the amount columns in a file. */
export interface AmountColumns {
  readonly currency: string;
  readonly billed: string;
  readonly list: string;
  readonly effective: string;
}

export type ChargeAmounts =
  | Pick<Charge, 'billed' | 'list' | 'effective'>
  | Pick<ForeignCharge, 'original'>;

/** A charge with its amounts. */
export function withAmounts(
  fact: Omit<Charge, 'billed' | 'list' | 'effective' | 'original'>,
  amounts: ChargeAmounts,
): Charge | ForeignCharge {
  return 'original' in amounts ? { ...fact, ...amounts } : { ...fact, ...amounts };
}

/** The currency of a line, as an ISO 4217 code. */
export function readCurrency(row: FileRow, column: string): string {
  const code = currencyCode(row.cell(column));
  const expected = 'an ISO 4217 currency code, like USD or EUR';
  return code ?? refuseCell(row, column, { expected, todo: 'use the currency code of the bill' });
}

export function readAmounts(row: FileRow, columns: AmountColumns): ChargeAmounts {
  const currency = readCurrency(row, columns.currency);
  const isSet = (column: string) => row.cell(column) !== '';
  if (currency === 'USD') {
    return {
      billed: readUsd(row, columns.billed),
      ...(isSet(columns.list) ? { list: readUsd(row, columns.list) } : {}),
      ...(isSet(columns.effective) ? { effective: readUsd(row, columns.effective) } : {}),
    };
  }
  const amount = (column: string) => readOriginalAmount(row, column, currency);
  return {
    original: {
      currency,
      amount: amount(columns.billed),
      ...(isSet(columns.list) ? { list: amount(columns.list) } : {}),
      ...(isSet(columns.effective) ? { effective: amount(columns.effective) } : {}),
    },
  };
}

/** An amount of a trillion or more means wrong units, even in the smallest currency. */
const AMOUNT_LIMIT = decimal('1000000000000');

/** An amount in a currency other than the US dollar. */
export function readOriginalAmount(row: FileRow, column: string, currency: string): Exact {
  const value = readDecimal(row, column);
  if (value === undefined) {
    return refuseCell(row, column, { expected: `${currency} like 1234.56`, todo: 'fill it in' });
  }
  const size = value.num < 0n ? negate(value) : value;
  if (compare(size, AMOUNT_LIMIT) < 0) return value;
  const todo = 'check the unit and the decimal point';
  return refuseCell(row, column, { expected: `less than a trillion ${currency}`, todo });
}
