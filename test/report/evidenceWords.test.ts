/** The basis of the bills, as the report and the terminal describe it. */

import { expect, test } from 'vitest';
import { evidenceLines, missingBillLines } from '../../src/report/sections/evidence.ts';
import { spendEvidenceLines } from '../../src/report/sections/reliability.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import type { AuditEvidence, AuditReconciled } from '../../src/verdict/auditEvidence.ts';
import { anAudit } from '../support/auditFixture.ts';
import { LEADER, readForLeader } from '../support/readers.ts';

const textFor = (evidence: Partial<AuditEvidence>) =>
  anAudit({ evidence: { basis: [], reconciliation: [], estimates: [], gaps: [], ...evidence } });

const month = (against: AuditReconciled['against'], of: AuditReconciled['class']) => ({
  source: 'runpod',
  month: '2026-07',
  start: '2026-07-01T00:00:00Z',
  end: '2026-08-01T00:00:00Z',
  against,
  invoices: ['INV-7'],
  class: of,
  billedUsd: '1.000000',
  heldUsd: '1.000000',
  estimatedUsd: '0.000000',
  lines: [],
});

test('a billed spend without gaps needs no note', () => {
  expect(
    evidenceLines(
      readForLeader(textFor({ basis: [{ basis: 'billed', spendUsd: '54000.000000' }] })),
      LEADER,
    ),
  ).toEqual([]);
});

test('a spend of several bases is described with all of them', () => {
  const audit = textFor({
    basis: [
      { basis: 'billed', spendUsd: '50000.000000' },
      { basis: 'list', spendUsd: '3000.000000' },
      { basis: 'uptime', spendUsd: '1000.000000' },
    ],
  });
  const line =
    'The $54,000 of spend consists of $50,000 as billed, $3,000 computed from quantities at list ' +
    'prices and $1,000 computed from running time at an hourly price.';
  expect(evidenceLines(readForLeader(audit), LEADER)).toEqual([line]);
  expect(spendEvidenceLines(readForLeader(audit), LEADER)).toContain(line);
});

test('a spend is called billed only if the bills of the time match it', () => {
  const basis = [{ basis: 'stated', spendUsd: '1840.000000' }] as const;
  const base = textFor({ basis });
  const prepaid = { spendUsd: '1840.000000', billedUsd: '0.000000', unattributedUsd: '0.000000' };
  const lines = spendEvidenceLines(
    readForLeader({ ...base, totals: { ...base.totals, ...prepaid } }),
    LEADER,
  );
  expect(lines).toEqual([
    expect.stringContaining('all of the $1,840 of spend is attributed to'),
    'The bills of this period total $0. Spend is the effective cost, $1,840: prepaid ' +
      'amounts are spread over their terms.',
    'No spend is estimated.',
    'The $1,840 of spend consists of $1,840 from rentcheck.yaml (prepaid plans, less credits).',
  ]);
});

test('bills fully paid by credits, and a purchase for a later time, are no empty bill', () => {
  const base = textFor({
    basis: [
      { basis: 'billed', spendUsd: '36.000000' },
      { basis: 'stated', spendUsd: '-36.000000' },
    ],
  });
  const none = { spendUsd: '0.000000', unattributedUsd: '0.000000' };
  const paid = { ...base, totals: { ...base.totals, ...none, billedUsd: '0.000000' } };
  expect(spendEvidenceLines(readForLeader(paid), LEADER)).toContain(
    'The $0 of spend consists of $36.00 as billed and -$36.00 from rentcheck.yaml (prepaid ' +
      'plans, less credits).',
  );
  const bought = { ...textFor({}), totals: { ...base.totals, ...none, billedUsd: '500.000000' } };
  expect(spendEvidenceLines(readForLeader(bought), LEADER)).toContain(
    'The bills of this period total $500. Spend is the effective cost, $0: prepaid amounts ' +
      'are spread over their terms.',
  );
  const empty = { ...textFor({}), totals: { ...base.totals, ...none, billedUsd: '0.000000' } };
  expect(spendEvidenceLines(readForLeader(empty), LEADER)).toEqual(['Nothing was billed.']);
});

test('invoices are counted, with how far off estimates were', () => {
  const audit = textFor({
    reconciliation: [
      month('invoice', 'matched'),
      month('invoice', 'different'),
      month('own total', 'matched'),
    ],
    estimates: [
      {
        source: 'vast',
        months: 2,
        low: '-0.030000',
        high: '0.080000',
        laterUsd: '100.000000',
        laterLowUsd: '97.000000',
        laterHighUsd: '108.000000',
      },
    ],
  });
  expect(evidenceLines(readForLeader(audit), LEADER)).toEqual([
    'Invoices cover 2 months. 1 of them match the charges in the ledger.',
    'Invoices of vast were 3% below to 8% above the estimates (2 months). On that basis, the ' +
      '$100 estimated without an invoice is $97.00 to $108.',
  ]);
});

test('missing bills are named with their money, and nothing is then called reconciled', () => {
  const gap = { category: null, resource: null, likelyUsd: null, ongoing: false } as const;
  const audit = textFor({
    gaps: [
      {
        ...gap,
        source: 'runpod',
        unit: 'day',
        times: ['2026-08-10', '2026-08-11', '2026-08-12'],
        likelyUsd: '30.000000',
      },
      { ...gap, source: 'acme', unit: 'month', times: ['2026-08'], ongoing: true },
      { ...gap, source: 'aws', unit: 'day', category: 'storage', times: ['2026-08-10'] },
      { ...gap, source: 'runpod', unit: 'resource', resource: 'pod-7', times: ['2026-08-01'] },
    ],
  });
  const line =
    'Bills are missing: runpod on 2026-08-10 and 2 more days (about $30.00); acme since 2026-08; ' +
    'aws storage on 2026-08-10; pod-7 of runpod, on 2026-08-01.';
  expect(missingBillLines(readForLeader(audit), LEADER)).toContain(line);
  expect(spendEvidenceLines(readForLeader(audit), LEADER).join(' ')).not.toContain('Reconciled');
});

test('an audit of an older version says nothing about it', () => {
  const { evidence: _, ...older } = anAudit();
  expect(evidenceLines(readForLeader(older as Audit), LEADER)).toEqual([]);
});
