/** Finance's and one owner's report on the demo's own audit, as text. */

import { openLedger } from '../../src/ledger/open.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import type { AuditDetail } from '../../src/verdict/auditDetail.ts';
import { demoClock } from './demoFleet.ts';
import { letterTo, rendered } from './rendered.ts';

/** Without the last lines, which name the run and the version. */
export async function demoReports(file: string, owner: string) {
  const ledger = await openLedger(file, { clock: demoClock(), mode: 'readonly' });
  const record = await ledger.loadAudit({ quarter: '2026-Q3' });
  await ledger.close();
  if (record === undefined) throw new Error(`${file} has no audit of the demo's quarter`);
  const audit = JSON.parse(record.auditJson) as Audit;
  const detail = JSON.parse(record.detailJson) as AuditDetail;
  const report = await rendered({ audit, detail, owners: [owner] });
  const textOf = (letter: ReturnType<typeof letterTo>) =>
    `${letter.subject}\n\n${letter.text.replace(/\nAudited: [\s\S]*$/, '')}`;
  return {
    finance: textOf(letterTo(report, 'finance')),
    owner: textOf(letterTo(report, 'owner', owner)),
  };
}
