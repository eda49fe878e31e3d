/** Reports on the demo's own audit, as text: finance's, one owner's, and a correction of it. */

import { decimal, subtract, toDecimal } from '../../src/domain/exact.ts';
import { openLedger } from '../../src/ledger/open.ts';
import type { Audit, AuditDetail } from '../../src/verdict/audit.ts';
import { demoClock } from './demoFleet.ts';
import { messageTo, renderCached } from './renderedReport.ts';

/** Without the last lines, which have the run and the version. */
export async function demoReports(file: string, owner: string) {
  const ledger = await openLedger(file, { clock: demoClock(), mode: 'readonly' });
  const record = await ledger.audits.load({ quarter: '2026-Q3' });
  await ledger.close();
  if (record === undefined) throw new Error(`${file} has no audit of the demo's quarter`);
  const audit = JSON.parse(record.auditJson) as Audit;
  const detail = JSON.parse(record.detailJson) as AuditDetail;
  const report = await renderCached({ audit, detail, owners: [owner] });
  const textOf = (letter: ReturnType<typeof messageTo>) =>
    `${letter.subject}\n\n${letter.text.replace(/\nAudited: [\s\S]*$/, '')}`;
  const correction = await renderCached({ audit, detail, edition: 2, ...lateAfter(audit) });
  return {
    finance: textOf(messageTo(report, 'finance')),
    owner: textOf(messageTo(report, 'owner', owner)),
    corrected: textOf(messageTo(correction, 'leader')),
  };
}

/** As if an invoice of $2,200 had come after a first edition, and the correction were late. */
function lateAfter(audit: Audit) {
  const less = (usd: string) => toDecimal(subtract(decimal(usd), decimal('2200')), 6);
  const { totals, stack } = audit;
  const before = {
    ...audit,
    asOf: '2026-10-05T07:00:00Z',
    runId: 'run-of-edition-1',
    totals: { ...totals, spendUsd: less(totals.spendUsd) },
    stack: {
      ...stack,
      keepUsd: stack.keepUsd === null ? null : less(stack.keepUsd),
      savingUsd: {
        ...stack.savingUsd,
        base: stack.savingUsd.base === null ? null : less(stack.savingUsd.base),
      },
    },
  };
  return {
    corrects: { number: 1, audit: before },
    late: { dueMs: Date.UTC(2026, 9, 7, 7), madeMs: Date.UTC(2026, 9, 19, 9, 30) },
    notes: ['the PDF was asked for, but there is no Chromium here'],
  };
}
