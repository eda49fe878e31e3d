/** Reads the invoice file: the amounts that a provider invoiced, by line or as one sum. */

import { CHARGE_CATEGORIES, type ChargeCategory } from '../../../domain/charge.ts';
import type { InvoiceLine } from '../../../domain/invoice.ts';
import { currencyOf, originalAmount } from '../amounts.ts';
import { instant, money, notAhead, refuse, requiredText, span, text } from '../cells.ts';
import type { FactKind, Frame, ReadRow } from '../factKind.ts';
import type { Row } from '../row.ts';
import { categoryOf } from './charges.ts';

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
function readLine(row: Row, { sourceId, nowMs }: Frame): ReadRow<InvoiceLine> {
  const invoiceId = requiredText(row, 'invoice_id');
  const lineId = text(row, 'line_id');
  const period = span(row);
  notAhead(row, 'start', { atMs: period.startMs, nowMs });
  const resourceId = text(row, 'resource_id');
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
  if (lineId === undefined) return { fact, says: JSON.stringify(identifying) };
  const says = JSON.stringify([...identifying, fact.issuedMs ?? null, amountText(fact.amount)]);
  return { fact, key: fact.key, says };
}

function issued(row: Row, nowMs: number): Pick<InvoiceLine, 'issuedMs'> {
  if (row.cell('issued') === '') return {};
  const atMs = instant(row, 'issued');
  notAhead(row, 'issued', { atMs, nowMs });
  return { issuedMs: atMs };
}

function readCategory(row: Row): ChargeCategory | undefined {
  if (row.cell('category') === '') return undefined;
  return (
    categoryOf(row.cell('category')) ??
    refuse(row, 'category', {
      expected: `one of ${CHARGE_CATEGORIES.join(', ')}`,
      todo: 'leave it empty if the invoice does not state it',
    })
  );
}

function amountOf(row: Row): InvoiceLine['amount'] {
  const currency = currencyOf(row, 'currency');
  if (currency === 'USD') return money(row, 'amount');
  return { currency, amount: originalAmount(row, 'amount', currency) };
}

function amountText(amount: InvoiceLine['amount']): string {
  if (typeof amount === 'bigint') return String(amount);
  return `${amount.amount.num}/${amount.amount.den} ${amount.currency}`;
}
