/**
 * Scenario: invoices of the quarter are missing. Pods at $3,960 a month by invoice, a Gtok served
 * each month, a provider at $0.50. July's invoice alone with usage of three months once made $1.32
 * a Mtok.
 */

import { expect, test } from 'vitest';
import type { Charge } from '../../src/domain/charge.ts';
import { decimal } from '../../src/domain/exact.ts';
import { charge, hour } from '../economics/stackFixture.ts';
import { chatDeployment, flatPrice, MTOK, quarterVerdict, usageByHour } from './quarterWorld.ts';

/** First days of July to October, counted from July 1. */
const MONTHS = [0, 31, 62, 92] as const;

function invoice(month: 0 | 1 | 2): Charge {
  const [from, to] = [(MONTHS[month] ?? 0) * 24, (MONTHS[month + 1] ?? 0) * 24];
  return charge({
    sourceId: 'acme-invoices',
    usd: '3960',
    from,
    to,
    quantity: decimal(String(to - from)),
    unit: 'Hours',
  });
}

/** 1,000 Mtok a month, 2.5 in each of its first 400 hours. */
const USAGE = usageByHour(({ day, hour: at }) => {
  const first = MONTHS.findLast((start) => start <= day) ?? 0;
  return { uncached: (day - first) * 24 + at < 400 ? 2.5 * MTOK : 0 };
});

function withInvoices(...months: readonly (0 | 1 | 2)[]) {
  const resources = [{ sourceId: 'acme-invoices', id: 'pod-1' }];
  return quarterVerdict({
    charges: months.map(invoice),
    prices: [flatPrice('0.5')],
    deployments: [chatDeployment({ usage: USAGE, resources })],
  });
}

test("July's invoice alone: no verdict, what is missing is named first, $/Mtok is July's", () => {
  const { audit, first, verdict, printed } = withInvoices(0);
  expect(printed.effectiveUsdPerMtok).toBe('3.960000');
  expect([printed.tokens, printed.unbilledTokens]).toEqual([1_000 * MTOK, 2_000 * MTOK]);
  expect(first.verdict).toBe('not enough evidence');
  expect(verdict.stack).toMatchObject({ verdict: 'not enough evidence', confidence: 'none' });
  const said =
    'Nothing was billed for 2,000,000,000 of 3,000,000,000 tokens (66.7%) of ' +
    'chat, above the limit of 10%. The first such period is 2026-08-01 to ' +
    '2026-09-30. Source acme-invoices billed nothing for August 2026 and ' +
    'September 2026. Import or pull those charges.';
  expect(first.missing[0]).toBe(said);
  expect(audit.stack.missing[0]).toBe(said);
  expect(audit.totals).toMatchObject({
    unbilledTokens: 2_000 * MTOK,
    unbilledShare: '0.666667',
    missingBills: [
      { source: 'acme-invoices', month: '2026-08' },
      { source: 'acme-invoices', month: '2026-09' },
    ],
    coverage: '1.000000',
    hostedUsdPerMtok: '0.500000',
  });
  expect(printed).toMatchObject({
    unbilledShare: '0.666667',
    unbilledReplicaHours: '1464.000000',
    firstUnbilled: { start: '2026-08-01T00:00:00Z', end: '2026-10-01T00:00:00Z' },
  });
});

test('once the other invoices are imported, the verdict follows', () => {
  const { audit, first, printed } = withInvoices(0, 1, 2);
  expect(printed.effectiveUsdPerMtok).toBe('3.960000');
  expect(first.verdict).toBe('delete');
  expect(audit.totals).toMatchObject({ unbilledTokens: 0, missingBills: [] });
});

test('a missing invoice between two others is named, with or without traffic', () => {
  const { audit } = withInvoices(0, 2);
  expect(audit.totals.missingBills).toEqual([{ source: 'acme-invoices', month: '2026-08' }]);
  expect(audit.stack.missing[0]).toContain('acme-invoices billed nothing for August 2026.');
});

test('a few tokens without a bill are a warning, stated first, and no reason to withhold', () => {
  const usage = usageByHour(({ day }) => ({ uncached: day < 87 ? MTOK : 100_000 }));
  const own = charge({
    usd: '4176',
    from: 0,
    to: 87 * 24,
    quantity: decimal(String(87 * 24)),
    unit: 'Hours',
  });
  const { printed, first, audit } = quarterVerdict({
    charges: [own],
    prices: [flatPrice('0.5')],
    deployments: [chatDeployment({ usage })],
  });
  // Five of 92 days at a tenth of the load: 12 Mtok beside 2,088.
  expect([printed.tokens, printed.unbilledTokens]).toEqual([2_088 * MTOK, 12 * MTOK]);
  expect(printed.unbilledShare).toBe('0.005714');
  expect(first.verdict).toBe('delete');
  expect(printed.warnings[0]).toContain('Nothing was billed for 12,000,000 of 2,100,000,000');
  expect(audit.stack.reasons.join()).toContain('Nothing was billed for 12,000,000 of');
  expect(printed.effectiveUsdPerMtok).toBe('2.000000');
  expect(audit.totals.missingBills.map(({ month }) => month)).toEqual([]);
});

test('a deployment with traffic but no charges leaves the stack without a verdict', () => {
  const resources = [{ sourceId: 'elsewhere' }];
  const { verdict, audit } = quarterVerdict({
    charges: [invoice(0), invoice(1), invoice(2)],
    prices: [flatPrice('0.5')],
    deployments: [
      chatDeployment({ usage: USAGE, resources: [{ sourceId: 'acme-invoices', id: 'pod-1' }] }),
      chatDeployment({ id: 'unpaid', usage: USAGE, resources }),
    ],
  });
  expect(verdict.deployments.map(({ decided }) => decided.alone)).toEqual([
    'delete',
    'not enough evidence',
  ]);
  expect(verdict.stack.verdict).toBe('not enough evidence');
  expect(audit.stack.missing[0]).toContain(
    'Nothing was billed for 3,000,000,000 of 6,000,000,000 tokens (50%) of the stack',
  );
});

test('a source billed monthly last quarter and not at all in this one lacks all of it', () => {
  const usual = { sourceId: 'acme-invoices', shortestMs: hour(720) - hour(0) };
  const { economics } = quarterVerdict({
    charges: [],
    billing: [{ ...usual, firstMs: hour(-2184), lastMs: hour(0) }],
    prices: [flatPrice('0.5')],
    deployments: [chatDeployment({ usage: USAGE, resources: [{ sourceId: 'acme-invoices' }] })],
  });
  expect(economics.missingMonths.map(({ monthMs }) => new Date(monthMs).getUTCMonth())).toEqual([
    6, 7, 8,
  ]);
});
