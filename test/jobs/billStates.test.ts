/** Months of bills as a table shows them: the class, both amounts, and what to do. */

import { expect, test } from 'vitest';
import { STORED_FORMAT } from '../../src/report/locale.ts';
import { exact } from '../../src/domain/exact.ts';
import { type InvoicedMonth, reconcile } from '../../src/domain/reconciliation.ts';
import { toBillStates } from '../../src/jobs/examineBills.ts';
import { TOLERANCE } from '../support/tolerance.ts';

const DOLLAR = 1_000_000_000n;
const JULY = Date.UTC(2026, 6, 1);

function month(sourceId: string, sides: Partial<InvoicedMonth>): InvoicedMonth {
  const spans = [{ startMs: JULY, endMs: Date.UTC(2026, 7, 1) }];
  const held = [
    { resourceId: 'a', category: 'compute' as const, nanoUsd: 6n * DOLLAR, estimatedNanoUsd: 0n },
  ];
  const comparison = { monthMs: JULY, spans, invoices: ['INV-7'], held, invoiced: [] };
  return { sourceId, ...comparison, ...sides };
}

const euros = { currency: 'EUR', amount: exact(5n) };

test('each month has its class, both amounts and what to do', () => {
  const wait = { invoiceId: 'INV-7', original: euros, rate: { currency: 'EUR', monthMs: JULY } };
  const months = [
    month('waits', { waiting: [wait] }),
    month('same', { invoiced: [{ nanoUsd: 6n * DOLLAR }] }),
    // The sums are equal, but the parts are not.
    month('parts', { invoiced: [{ nanoUsd: 6n * DOLLAR, resourceId: 'b' }] }),
    month('more', { invoiced: [{ nanoUsd: 13n * (DOLLAR / 2n), original: euros }] }),
  ];
  const states = toBillStates(reconcile({ months, totals: [] }, TOLERANCE), months, STORED_FORMAT);
  expect(states.map(({ source, state, asked, held }) => [source, state, asked, held])).toEqual([
    ['more', 'different', '$6.50 (5.00 EUR)', '$6.00'],
    ['parts', 'bill only', '$6.00', '$6.00'],
    ['same', 'matched', '$6.00', '$6.00'],
    ['waits', 'not compared', '5.00 EUR', ''],
  ]);
  expect(states.map(({ fix }) => fix)).toEqual([
    'Pull or import what is missing, or correct the invoice.',
    'Correct resource_id or category in the invoice, or leave both empty.',
    '',
    expect.stringContaining('rentcheck import exchange-rates FILE'),
  ]);
  expect(states.map(({ says }) => says !== '')).toEqual([true, true, false, true]);
});
