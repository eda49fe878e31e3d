/** Reads the invoice file: the amounts that a provider invoiced, by line or as one sum. */

import { CHARGE_CATEGORIES, type ChargeCategory } from '../../../domain/charge.ts';
import type { InvoiceLine } from '../../../domain/invoice.ts';
import { readCurrency, readOriginalAmount } from '../amounts.ts';
import {
  readInstant,
  readUsd,
  requireNotInFuture,
  refuseCell,
  readRequiredText,
  readPeriod,
  readText,
} from '../cells.ts';
import type { FactKind, ReadContext, ReadRow } from '../factKind.ts';
import type { FileRow } from '../columns.ts';
import { parseCategory } from './charges.ts';

export const invoiceKind: FactKind<'invoice'> = {
  name: 'invoice',
  columns: {
    required: ['invoice_id', 'start', 'end', 'amount', 'currency'],
    optional: ['line_id', 'issued', 'resource_id', 'category'],
    keepsExtras: false,
  },
  read: readLine,
  identified: (fact, key) => ({ ...fact, key }),
};

/**
 * Reads a line. Without a `line_id`, everything except its amount identifies it, since a corrected
 * invoice restates the amount. Two equal lines are distinguished by their order.
 */
function readLine(row: FileRow, { sourceId, nowMs }: ReadContext): ReadRow<InvoiceLine> {
  const invoiceId = readRequiredText(row, 'invoice_id');
  const lineId = readText(row, 'line_id');
  const period = readPeriod(row);
  requireNotInFuture(row, 'start', { atMs: period.startMs, nowMs });
  const resourceId = readText(row, 'resource_id');
  const category = readCategory(row);
  const fact: InvoiceLine = {
    sourceId,
    key: lineId === undefined ? '' : JSON.stringify([invoiceId, lineId]),
    invoiceId,
    ...issued(row, nowMs),
    period,
    amount: amountOf(row),
    ...(resourceId === undefined ? {} : { resourceId }),
    ...(category === undefined ? {} : { category }),
  };
  const identifying = [
    invoiceId,
    period.startMs,
    period.endMs,
    resourceId ?? null,
    category ?? null,
  ];
  if (lineId === undefined) return { fact, values: JSON.stringify(identifying) };
  const says = JSON.stringify([...identifying, fact.issuedMs ?? null, amountText(fact.amount)]);
  return { fact, key: fact.key, values: says };
}

function issued(row: FileRow, nowMs: number): Pick<InvoiceLine, 'issuedMs'> {
  if (row.cell('issued') === '') return {};
  const atMs = readInstant(row, 'issued');
  requireNotInFuture(row, 'issued', { atMs, nowMs });
  return { issuedMs: atMs };
}

function readCategory(row: FileRow): ChargeCategory | undefined {
  if (row.cell('category') === '') return undefined;
  return (
    parseCategory(row.cell('category')) ??
    refuseCell(row, 'category', {
      expected: `one of ${CHARGE_CATEGORIES.join(', ')}`,
      todo: 'leave it empty if the invoice does not state it',
    })
  );
}

function amountOf(row: FileRow): InvoiceLine['amount'] {
  const currency = readCurrency(row, 'currency');
  if (currency === 'USD') return readUsd(row, 'amount');
  return { currency, amount: readOriginalAmount(row, 'amount', currency) };
}

function amountText(amount: InvoiceLine['amount']): string {
  if (typeof amount === 'bigint') return String(amount);
  return `${amount.amount.num}/${amount.amount.den} ${amount.currency}`;
}
