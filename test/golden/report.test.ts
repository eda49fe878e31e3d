/** Knows the approved wording of whole reports. */

import { describe, it } from 'vitest';
import type { ReportInput } from '../../src/report/input.ts';
import { aDetail } from '../support/auditFixture.ts';
import { hostileAudit, keptAudit, mixedAudit, unprovenAudit } from '../support/audits.ts';
import { expectGolden } from '../support/golden.ts';
import { rendered } from '../support/rendered.ts';

function corrected(): ReportInput {
  const audit = mixedAudit();
  const { stack, totals } = audit;
  const before = {
    ...audit,
    asOf: '2026-10-05T07:00:00Z',
    runId: 'run-of-edition-1',
    totals: { ...totals, spendUsd: '126512.480000' },
    stack: {
      ...stack,
      probability: '0.931000',
      savingUsd: { base: '39013.610000', low: '10164.083000', high: '59700.400000' },
    },
  };
  return {
    audit: { ...audit, asOf: '2026-10-19T09:00:00Z' },
    detail: aDetail(audit),
    previous: { ...keptAudit(), quarter: '2026-Q2' },
    edition: 2,
    corrects: { number: 1, audit: before },
    late: { dueMs: Date.UTC(2026, 9, 7, 7), madeMs: Date.UTC(2026, 9, 19, 9, 30) },
    notes: ['the PDF was asked for, but there is no Chromium here'],
  };
}

const told = (audit: ReportInput['audit']): ReportInput => ({ audit, detail: aDetail(audit) });

const REPORTS: Readonly<Record<string, () => ReportInput>> = {
  mixed: () => told(mixedAudit()),
  kept: () => told(keptAudit()),
  unproven: () => told(unprovenAudit()),
  hostile: () => told(hostileAudit()),
  corrected,
};

describe('a report reads as it was approved', () => {
  it.each(Object.entries(REPORTS))('%s', async (name, input) => {
    const report = await rendered(input());
    expectGolden(`${name}.golden.subject.txt`, `${report.subject}\n`);
    expectGolden(`${name}.golden.txt`, report.text);
    expectGolden(`${name}.golden.html`, report.html);
  });
});
